module github.com/libpwwb/libpwwb/examples/ffi/go

go 1.19
