// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/libpwwb/libpwwb/examples/ffi/go/pwwb"
)

type requestVector struct {
	Name   string
	Claims struct {
		Iat, Exp          int64
		Cti               octets
		Operation, Origin int
		Actor, Anchor     []json.RawMessage // a number, and perhaps octets
		UserType          int               `json:"user_type"`
		Flags             int
		MustChange        int    `json:"must_change"`
		ReplyTo           string `json:"reply_to"`
	}
	Password    string
	OldPassword string `json:"old_password"`
	Outer       outer
}

type replyVector struct {
	Name          string
	Outcome, Code int
	Findings      [][4]int64
	Controller    string
	Time          int64
	Cti           octets
	Outer         outer
}

type heartbeatVector struct {
	Name     string
	AgentID  octets `json:"agent_id"`
	BootID   octets `json:"boot_id"`
	Sequence uint64
	Time     int64
	Health   int
	KeyAge   int64 `json:"key_age"`
	Counters []uint64
	Rules    [6]int64
	Agent    [3]int
	Outer    outer
}

type refusedVector struct {
	Name    string
	As      string
	Step    int
	Now     int64
	Message octets
	Text    string
}

// pair reads a number and the octets behind it, if any.
func pair(list []json.RawMessage) (kind int, id pwwb.ID) {
	var text string
	_ = json.Unmarshal(list[0], &kind)
	if len(list) > 1 {
		_ = json.Unmarshal(list[1], &text)
		b, _ := hex.DecodeString(text)
		copy(id[:], b)
	}
	return kind, id
}

func opensRequest(wrong *problems, v *vectors, want *requestVector, keys *pwwb.Keyring) {
	r, err := pwwb.NewRequest()
	if !wrong.ok(want.Name, err) {
		return
	}
	defer r.Close()
	claims, err := r.Open(keys, want.Outer.Message, time.Unix(want.Claims.Iat, 0), skew)
	if !wrong.ok(want.Name, err) {
		return
	}
	w := &want.Claims
	actor, actorID := pair(w.Actor)
	kind, guid := pair(w.Anchor)
	wrong.want(want.Name, fmt.Sprint(v.keys.Tenant.id(), w.Cti.id(), w.Iat, w.Exp, w.Operation, w.Origin, actor,
		w.UserType, w.MustChange, w.Flags, kind, guid, actorID, w.ReplyTo),
		fmt.Sprint(claims.Tenant, claims.Request, claims.Issued.Unix(), claims.Expires.Unix(), claims.Operation,
			claims.Origin, claims.Actor, claims.UserType, claims.MustChange, claims.Flags, claims.Anchor.Kind,
			claims.Anchor.GUID, claims.ActorID, claims.ReplyTo))
	wrong.ok(want.Name, r.OpenSecret(func(password, old []byte) error {
		wrong.want(want.Name+": password", want.Password, string(password))
		wrong.want(want.Name+": old password", want.OldPassword, string(old))
		return nil
	}))
}

func opensReply(wrong *problems, want *replyVector, keys *pwwb.Keyring) {
	result, err := keys.OpenReply(want.Cti.id(), want.Outer.Message)
	if !wrong.ok(want.Name, err) {
		return
	}
	findings := [][4]int64{}
	for _, f := range result.Findings {
		findings = append(findings, [4]int64{int64(f.Code), int64(f.Basis), f.Limit, f.Actual})
	}
	wrong.want(want.Name,
		fmt.Sprint(want.Outcome, want.Code, want.Findings, want.Controller, want.Time),
		fmt.Sprint(int(result.Outcome), int(result.Code), findings, result.Controller, result.Time.UnixMilli()))
	_, err = keys.OpenReply(pwwb.ID{1}, want.Outer.Message)
	wrong.want(want.Name+" to another request", true, errors.Is(err, pwwb.ErrNotFound))
}

func opensHeartbeat(wrong *problems, want *heartbeatVector, keys *pwwb.Keyring) {
	b, err := keys.OpenHeartbeat(want.Outer.Message, time.UnixMilli(want.Time), skew)
	if !wrong.ok(want.Name, err) {
		return
	}
	wrong.want(want.Name,
		fmt.Sprint(want.AgentID.id(), want.BootID.id(), want.Sequence, want.Time, want.Health, want.KeyAge,
			want.Counters, want.Rules, want.Agent),
		fmt.Sprint(b.AgentID, b.BootID, b.Sequence, b.Time.UnixMilli(), int(b.Health), int64(b.KeyAge/time.Second),
			b.Counters, [6]int64{int64(b.MinLength), int64(b.Complexity), int64(b.HistoryLength), b.MinAgeS, b.MaxAgeS,
				int64(b.RulesSource)}, [3]int{b.Version, b.Directories, b.DirectoriesUp}))
}

func refuses(v *vectors) problems {
	var wrong problems
	agent, err := v.keyrings.Keyrings[0].open()
	wrong.ok("agent's keys", err)
	portal, err := v.keyrings.Keyrings[1].open()
	if !wrong.ok("portal's keys", err) {
		return wrong
	}
	defer agent.Close()
	defer portal.Close()
	for i := range v.refused.Refused {
		r := &v.refused.Refused[i]
		name := r.As + ", " + r.Name
		status, opens := v.answer(r)
		var err error
		switch r.As {
		case "request":
			err = refusesRequest(&wrong, name, r, agent, opens)
		case "reply":
			_, err = portal.OpenReply(pwwb.ID{}, r.Message)
		case "heartbeat":
			_, err = portal.OpenHeartbeat(r.Message, time.Unix(now, 0), skew)
		case "order":
			_, _, err = v.take(&v.keyrings.Keyrings[1], pwwb.HalfPortal, now+300, r.Message)
		case "control":
			_, _, err = v.take(&v.keyrings.Keyrings[0], pwwb.HalfAgent, now, r.Message)
		case "ticket":
			x, made := v.exchangeOver(nil, pwwb.HalfAgent, now)
			wrong.ok(name, made)
			err = begin(x, r.Text)
			x.Close()
		}
		var got *pwwb.Error
		if !errors.As(err, &got) {
			wrong.add("%s: %v", name, err)
			continue
		}
		wrong.want(name, status, got.Status.String())
	}
	return wrong
}

// answer is the row of a vector: its own, else that of its step.
func (v *vectors) answer(r *refusedVector) (status string, opens bool) {
	for _, row := range v.answers.Rows {
		if row.As == r.As && row.Step == r.Step && (row.Name == r.Name || row.Name == "" && status == "") {
			status, opens = row.Status, row.Opens
		}
	}
	return status, opens
}

func refusesRequest(wrong *problems, name string, v *refusedVector, keys *pwwb.Keyring, opens bool) error {
	r, err := pwwb.NewRequest()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = r.Open(keys, v.Message, time.Unix(v.Now, 0), skew)
	if !opens || !wrong.ok(name, err) {
		return err
	}
	return r.OpenSecret(func(_, _ []byte) error { return nil })
}
