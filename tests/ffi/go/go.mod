module github.com/libpwwb/libpwwb/tests/ffi/go

go 1.19

require github.com/libpwwb/libpwwb/examples/ffi/go v0.0.0

replace github.com/libpwwb/libpwwb/examples/ffi/go => ../../../examples/ffi/go
