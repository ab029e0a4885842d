/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How two sides come to the same keys (docs/protocol.md, include/pwwb/exchange.h), for spin.
 *
 * Agents share one store, portal instances another; every step is one compare-and-swap, and no
 * process remembers anything but the keyring it cached, so to die and come again is no step of
 * its own. The relay loses, repeats, delays and reorders: what was ever sent may come at any
 * moment, any number of times, or never. An order counts as sent once it is stored: whoever holds
 * the lease may send it.
 *
 * Bounds: N orders and so at most N epochs, T tickets, R revokes; PORTALS instances with a cache;
 * times in ticks, one clock, which goes on for ever. What is open-only is wiped at the first
 * moment it may be, which is the worst one. Every instance seals at every tick at which it has
 * keys. A roll that is due and one that is asked for are the same step. A ticket may be expired
 * at one instance and not yet at another. The administrator confirms whatever waits.
 *
 * Not here: a store that is lost or set back, forged messages, clocks that differ
 * (PWWB_OPEN_ONLY_MIN_MS leaves room for that), when sending stops (the order "revoked").
 */
#ifndef N
#define N 3
#endif
#ifndef T
#define T 2
#endif
#ifndef R
#define R 1
#endif
#ifndef PORTALS
#define PORTALS 2
#endif
#ifndef AGENTS
#define AGENTS 2
#endif
#ifndef EPOCHS_MAX
#define EPOCHS_MAX 4
#endif
#define CACHE 1
#define LIFE 1
#ifndef OVERLAP
#define OVERLAP (CACHE + LIFE + 1)
#endif
#ifdef SETTLES
#define M (N + 2) /* orders that settling may need */
#else
#define M N
#endif
#define M1 (M + 1)

/* Wrong rules, for the controls: run defines one of them, and the search must find what it breaks.
 * The others are BY_DIGEST, NO_CAS, NO_SEQUENCE, REFUSAL_WIPES, REVIVES, SEND_BEFORE_STORE,
 * WIPE_AT_BEGIN. */
#ifndef PORTAL_OVERLAP
#define PORTAL_OVERLAP OVERLAP
#endif
#ifndef CACHE_FOREVER
#define CACHE_FOREVER 0
#endif
#ifndef FORGETS
#define FORGETS 0
#endif
#ifndef REVOKE_ANY
#define REVOKE_ANY 0
#endif

/* As in the headers, less PWWB_. tests/model/names compares them. */
mtype:epoch = { EPOCH_PENDING, EPOCH_ACTIVE, EPOCH_OPEN_ONLY, EPOCH_WIPED }
mtype:tenant = { TENANT_NONE, TENANT_PENDING, TENANT_ENABLED, TENANT_DISABLING, TENANT_DISABLED,
                 TENANT_REVOKED }
mtype:kind = { EXCHANGE_ENABLE, EXCHANGE_ROLL, EXCHANGE_DISABLE, EXCHANGE_REVOKE }
mtype:code = { EXCHANGE_DONE, EXCHANGE_WAITING, EXCHANGE_TICKET_UNKNOWN, EXCHANGE_TICKET_EXPIRED,
               EXCHANGE_ALREADY_ENABLED, EXCHANGE_NOT_ENABLED, EXCHANGE_STALE }

/* One side's store. Epochs are numbered as they are made; their generation is another matter. */
typedef Half {
    mtype:tenant state;
    mtype:epoch ep[M1];
    byte age[M1];
    byte gen;    /* of the newest epoch there ever was */
    byte ident;  /* the agents' own, or the one that is pinned; 0 = none */
    byte order;  /* agents: not answered yet; portal: the last one taken */
    byte ticket; /* portal: the one that is out; 0 = none */
    byte sequence; /* portal: of the last order of this identity that was taken */
    byte answering /* whose control key is kept, wiped or not, for a disable's answer: portal, the
                      newest taken; agents, the newest wiped */
};
typedef Order { mtype:kind kind; byte epoch; byte ticket; byte ident };

Half A, P;
mtype:code last_code;  /* portal: what the last one taken was answered */
Order o[M1];           /* what the orders say */
byte e_gen[M1];        /* generations of epochs */
byte orders, epochs, idents, tickets, revokes;
byte answered[M1];     /* bit per code: answers under way to the order that is stored */
byte stale_gen, answer_key;
bool revoke_sent[M1];  /* under this epoch's control key */
bool void_[M1];        /* it was revoked at the portal: its messages are nobody's loss */
byte cached[PORTALS], cache_age[PORTALS]; /* the ACTIVE epoch of the keyring, 0 = none */
byte alive[M1];        /* ticks that the last request under this epoch still lives, and one */
byte off_age;          /* ticks since the portal's side went off, up to CACHE + 1 */
bool calm;

byte k, c, d; /* 0 between steps */

#define BIT(code) (1 << (code))
#define HOLDS(s) ((s) == EPOCH_PENDING || (s) == EPOCH_ACTIVE)
#define OPENS(s) (HOLDS(s) || (s) == EPOCH_OPEN_ONLY)
#define OFF(s) ((s) == TENANT_DISABLED || (s) == TENANT_REVOKED || (s) == TENANT_NONE)

/* Forward only: this is most of property 3. */
inline move(h, x, to)
{
    assert(h.ep[x] != EPOCH_WIPED);
    assert(to != EPOCH_PENDING || h.ep[x] == 0);
    assert(to != EPOCH_ACTIVE || h.ep[x] == 0 || h.ep[x] == EPOCH_PENDING);
    assert(to != EPOCH_OPEN_ONLY || HOLDS(h.ep[x]));
    h.ep[x] = to;
    h.age[x] = 0;
    if
    :: to == EPOCH_WIPED && x > h.answering && !FORGETS -> h.answering = x
    :: else
    fi;
    if
    :: to == EPOCH_OPEN_ONLY && OVERLAP == 0 -> h.ep[x] = EPOCH_WIPED
    :: else
    fi
}

inline retire(h, but)
{
    for (k : 1 .. M) {
        if
        :: k != but && HOLDS(h.ep[k]) -> move(h, k, EPOCH_OPEN_ONLY)
        :: else
        fi
    }
    k = 0
}

inline wipe(h)
{
    for (k : 1 .. M) {
        if
        :: OPENS(h.ep[k]) -> move(h, k, EPOCH_WIPED)
        :: else
        fi
    }
    k = 0
}

inline find(h, st, ret)
{
    ret = 0;
    for (k : 1 .. M) {
        if
        :: h.ep[k] == st -> ret = k
        :: else
        fi
    }
    k = 0
}

inline count(h, ret)
{
    ret = 0;
    for (k : 1 .. M) {
        if
        :: OPENS(h.ep[k]) -> ret++
        :: else
        fi
    }
    k = 0
}

inline grow(h, g)
{
    if
    :: g > h.gen -> h.gen = g
    :: else
    fi
}

inline check()
{
    count(A, c);
    count(P, d);
    assert(c <= EPOCHS_MAX && d <= EPOCHS_MAX);
    c = 0;
    d = 0;
    for (k : 1 .. M) {
        /* 1: never without a common key */
        assert(P.ep[k] != EPOCH_ACTIVE || OPENS(A.ep[k]));
        /* 2: what was sealed can be opened, and 5: so can its reply, until the request is over */
        assert(alive[k] == 0 || void_[k] || OPENS(A.ep[k]));
        assert(alive[k] == 0 || void_[k] || OPENS(P.ep[k]));
        /* 3: one PENDING and one ACTIVE at each side */
        assert(!HOLDS(A.ep[k]) || !(c & BIT(A.ep[k])));
        assert(!HOLDS(P.ep[k]) || !(d & BIT(P.ep[k])));
        c = c | BIT(A.ep[k]);
        d = d | BIT(P.ep[k])
    }
    k = 0;
    c = 0;
    d = 0
}

/* Agents */

inline new_order(what, x, t)
{
    orders++;
    o[orders].kind = what;
    o[orders].epoch = x;
    o[orders].ticket = t;
    o[orders].ident = A.ident;
    answered[A.order] = 0;
    A.order = orders
}

inline new_epoch(ret)
{
    epochs++;
    A.gen++;
    e_gen[epochs] = A.gen;
    move(A, epochs, EPOCH_PENDING);
    ret = epochs
}

inline pending_epoch(ret)
{
    find(A, EPOCH_PENDING, ret);
    if
    :: ret == 0 -> new_epoch(ret)
    :: else
    fi
}

inline begin_enable(t)
{
    if
    :: OFF(A.state) ->
        idents++;
        A.ident = idents;
        A.state = TENANT_PENDING
    :: A.state == TENANT_DISABLING -> /* not after all */
        find(A, EPOCH_ACTIVE, c);
        A.state = (c != 0 -> TENANT_ENABLED : TENANT_PENDING)
    :: else
    fi;
    pending_epoch(c);
    new_order(EXCHANGE_ENABLE, c, t);
    c = 0
}

inline begin_roll()
{
    pending_epoch(c);
    new_order(EXCHANGE_ROLL, c, 0);
#ifdef WIPE_AT_BEGIN
    retire(A, c);
#endif
    c = 0
}

inline cleared()
{
    answered[A.order] = 0;
    A.order = 0;
    stale_gen = 0;
    answer_key = 0
}

inline taken_up()
{
    if
    :: o[A.order].kind == EXCHANGE_DISABLE -> retire(A, 0); A.state = TENANT_DISABLED
    :: else ->
        c = o[A.order].epoch;
        retire(A, c);
        move(A, c, EPOCH_ACTIVE);
        A.state = TENANT_ENABLED;
        c = 0
    fi;
    cleared()
}

/* The epoch stays: the portal may have taken it by another copy, or take it yet. */
inline refused()
{
#ifdef REFUSAL_WIPES
    c = o[A.order].epoch;
    if
    :: A.state == TENANT_PENDING -> move(A, c, EPOCH_WIPED); A.state = TENANT_NONE
    :: else -> move(A, c, EPOCH_OPEN_ONLY)
    fi;
    c = 0;
#endif
    cleared()
}

inline not_enabled() { retire(A, 0); A.state = TENANT_DISABLED; cleared() }

inline stale()
{
    move(A, o[A.order].epoch, EPOCH_OPEN_ONLY);
    grow(A, stale_gen);
    if
    :: A.state == TENANT_PENDING -> A.state = TENANT_NONE
    :: else
    fi;
    cleared()
}

/* Under the control key of epoch x: what is newer was taken by the portal afterwards, or may be. */
inline revoked(x)
{
    for (k : 1 .. M) {
        if
        :: OPENS(A.ep[k]) && (k <= x || REVOKE_ANY) -> move(A, k, EPOCH_WIPED)
        :: else
        fi
    }
    k = 0;
    count(A, c);
    find(A, EPOCH_ACTIVE, d);
    if
    :: c == 0 -> A.state = TENANT_REVOKED; cleared()
    :: c != 0 && A.state == TENANT_ENABLED && d == 0 -> A.state = TENANT_PENDING
    :: else
    fi;
    c = 0;
    d = 0
}

/* Portal */

inline answer(id, code)
{
    if
    :: A.order == id -> answered[id] = answered[id] | BIT(code)
    :: else /* nobody waits for it */
    fi
}

inline took(id, code)
{
    P.order = id;
    P.sequence = id;
    last_code = code;
    answer(id, code)
}

inline say_stale(id)
{
    if
    :: A.order == id -> stale_gen = P.gen
    :: else
    fi;
    answer(id, EXCHANGE_STALE)
}

inline newest(x) { P.answering = x; grow(P, e_gen[x]) }

inline pend(id)
{
    for (k : 1 .. M) {
        if
        :: P.ep[k] == EPOCH_PENDING -> move(P, k, EPOCH_WIPED)
        :: else
        fi
    }
    k = 0;
    move(P, o[id].epoch, EPOCH_PENDING);
    newest(o[id].epoch);
    P.state = TENANT_PENDING;
    took(id, EXCHANGE_WAITING)
}

inline activate(id)
{
    retire(P, 0);
    move(P, o[id].epoch, EPOCH_ACTIVE);
    newest(o[id].epoch);
    took(id, EXCHANGE_DONE)
}

inline take_roll(id)
{
    if
    :: e_gen[o[id].epoch] <= P.gen -> say_stale(id)
    :: else ->
        if
        :: P.state == TENANT_ENABLED -> activate(id)
        :: else -> pend(id)
        fi
    fi
}

inline use_up(id)
{
    if
    :: P.ticket == o[id].ticket -> P.ticket = 0
    :: else
    fi
}

/* Two orders may carry one epoch: one that is here already is acknowledged, whatever the ticket. */
#ifdef BY_DIGEST
#define HAS(id) false
#else
#define HAS(id) (P.ident == o[id].ident && HOLDS(P.ep[o[id].epoch]))
#endif
/* A generation of the pinned identity that is not above. */
#ifdef REVIVES
#define SEEN(id) false
#else
#define SEEN(id) (P.ident == o[id].ident && e_gen[o[id].epoch] <= P.gen)
#endif

#define HAD (P.state == TENANT_ENABLED -> EXCHANGE_DONE : EXCHANGE_WAITING)
/* Issued before the last one that was taken of this identity; nobody waits for its answer. */
#ifdef NO_SEQUENCE
#define LATE(id) false
#else
#define LATE(id) (P.ident == o[id].ident && id < P.sequence)
#endif

inline take_enable(id)
{
    if
    :: HAS(id) -> use_up(id); took(id, HAD)
    :: else ->
        if
        :: P.ticket == 0 || P.ticket != o[id].ticket -> answer(id, EXCHANGE_TICKET_UNKNOWN)
        :: P.ticket != 0 && P.ticket == o[id].ticket && late -> answer(id, EXCHANGE_TICKET_EXPIRED)
        :: P.ticket != 0 && P.ticket == o[id].ticket && !late ->
            if
            :: P.state == TENANT_ENABLED && P.ident != o[id].ident ->
                answer(id, EXCHANGE_ALREADY_ENABLED)
            :: P.state == TENANT_ENABLED && P.ident == o[id].ident -> P.ticket = 0; take_roll(id)
            :: P.state != TENANT_ENABLED && SEEN(id) -> say_stale(id)
            :: else -> P.ticket = 0; P.ident = o[id].ident; pend(id)
            fi
        fi
    fi
}

inline take_disable(id)
{
    if
    :: A.order == id -> answer_key = P.answering
    :: else
    fi;
    if
    :: P.state == TENANT_ENABLED || P.state == TENANT_PENDING ->
        retire(P, 0);
        P.state = TENANT_DISABLED;
        off_age = 0;
        took(id, EXCHANGE_DONE)
    :: else -> took(id, EXCHANGE_NOT_ENABLED)
    fi
}

inline take_known(id)
{
    if
    :: o[id].kind == EXCHANGE_ROLL && HAS(id) -> took(id, HAD)
    :: o[id].kind == EXCHANGE_ROLL && !HAS(id) ->
        if
        :: P.state == TENANT_ENABLED || P.state == TENANT_PENDING -> take_roll(id)
        :: else -> took(id, EXCHANGE_NOT_ENABLED)
        fi
    :: o[id].kind == EXCHANGE_DISABLE -> take_disable(id)
    fi
}

/* Of another identity than the pinned one only an enable is heard. */
inline take_new(id)
{
    if
    :: o[id].kind == EXCHANGE_ENABLE -> take_enable(id)
    :: o[id].kind != EXCHANGE_ENABLE && P.ident == o[id].ident -> take_known(id)
    :: else
    fi
}

inline take_order(id)
{
    if
    :: LATE(id) -> skip
    :: else ->
        if
        :: P.order == id -> answer(id, last_code)
        :: else -> take_new(id)
        fi
    fi
}

inline revoke()
{
    revokes++;
    revoke_sent[P.answering] = true;
    for (c : 1 .. M) {
        if
        :: OPENS(P.ep[c]) -> void_[c] = true
        :: else
        fi
    }
    c = 0;
    wipe(P);
    P.state = TENANT_REVOKED;
    P.order = 0;
    off_age = 0;
    P.ticket = 0
}

inline confirm()
{
    find(P, EPOCH_PENDING, c);
    move(P, c, EPOCH_ACTIVE);
    P.state = TENANT_ENABLED;
    c = 0
}

inline seal(i)
{
    if
    :: cached[i] != 0 ->
        alive[cached[i]] = LIFE + 1;
        /* 4: off is off after the cache time */
        assert(!OFF(P.state) || off_age <= CACHE)
    :: else
    fi
}

inline reload(i) { find(P, EPOCH_ACTIVE, c); cached[i] = c; cache_age[i] = 0; c = 0; seal(i) }

inline older(h, overlap)
{
    if
    :: h.ep[k] == EPOCH_OPEN_ONLY && h.age[k] >= overlap -> move(h, k, EPOCH_WIPED)
    :: h.ep[k] == EPOCH_OPEN_ONLY && h.age[k] < overlap -> h.age[k]++
    :: else
    fi
}

inline tick()
{
    for (k : 1 .. M) {
        older(A, OVERLAP);
        older(P, PORTAL_OVERLAP);
        if
        :: alive[k] > 0 -> alive[k]--
        :: else
        fi
    }
    if
    :: OFF(P.state) && off_age <= CACHE -> off_age++
    :: else
    fi;
    for (k : 0 .. PORTALS - 1) {
        if
        :: cached[k] != 0 && cache_age[k] == CACHE && !CACHE_FOREVER ->
            cached[k] = 0;
            cache_age[k] = 0
        :: cached[k] != 0 && cache_age[k] < CACHE -> cache_age[k]++
        :: else
        fi;
        seal(k)
    }
    k = 0
}

#define CAN_BEGIN (orders < N)

/* Whether the disable's answer can be read. */
#define READS (o[A.order].kind != EXCHANGE_DISABLE || OPENS(A.ep[answer_key]) || \
               answer_key == A.answering)
#define GOT(code) (A.order != 0 && (answered[A.order] & BIT(code)) && READS)

/* Any of 1..most. */
inline pick(ret, most)
{
    ret = 1;
    do
    :: ret < most -> ret++
    :: break
    od
}

proctype Agent() provided (!calm)
{
    byte t;

end:
    do
    :: atomic { CAN_BEGIN && tickets > 0 -> pick(t, tickets);
        d_step {
            count(A, d);
            if
            :: d < EPOCHS_MAX -> begin_enable(t);
                printf("agent: begin enable, ticket %d: order %d, epoch %d\n", t, orders,
                       o[orders].epoch)
            :: else
            fi;
            t = 0;
            d = 0;
            check() } }
    :: d_step { CAN_BEGIN && A.state == TENANT_ENABLED && A.order == 0 ->
        count(A, d);
        if
        :: d < EPOCHS_MAX -> begin_roll();
            printf("agent: begin roll: order %d, epoch %d\n", orders, o[orders].epoch)
        :: else
        fi;
        d = 0;
        check() }
#ifdef SEND_BEFORE_STORE
    :: d_step { CAN_BEGIN && A.state == TENANT_ENABLED && A.order == 0 ->
        orders++; /* sent, and then it died */
        epochs++;
        e_gen[epochs] = A.gen + 1;
        o[orders].kind = EXCHANGE_ROLL;
        o[orders].epoch = epochs;
        o[orders].ident = A.ident;
        check() }
#endif
    :: d_step { CAN_BEGIN && (A.state == TENANT_ENABLED || A.state == TENANT_PENDING) ->
        A.state = TENANT_DISABLING;
        new_order(EXCHANGE_DISABLE, 0, 0);
        printf("agent: begin disable: order %d\n", orders);
        check() }
    :: d_step { GOT(EXCHANGE_DONE) -> printf("agent: DONE\n"); taken_up(); check() }
    :: d_step { GOT(EXCHANGE_WAITING) -> printf("agent: WAITING\n"); taken_up(); check() }
    :: d_step { GOT(EXCHANGE_TICKET_UNKNOWN) ->
        printf("agent: TICKET_UNKNOWN\n"); refused(); check() }
    :: d_step { GOT(EXCHANGE_TICKET_EXPIRED) ->
        printf("agent: TICKET_EXPIRED\n"); refused(); check() }
    :: d_step { GOT(EXCHANGE_ALREADY_ENABLED) ->
        printf("agent: ALREADY_ENABLED\n"); refused(); check() }
    :: d_step { GOT(EXCHANGE_NOT_ENABLED) ->
        printf("agent: NOT_ENABLED\n"); not_enabled(); check() }
    :: d_step { GOT(EXCHANGE_STALE) -> printf("agent: STALE\n"); stale(); check() }
    :: atomic { revokes > 0 -> pick(t, M);
        d_step {
            if
            :: revoke_sent[t] && OPENS(A.ep[t]) ->
                printf("agent: revoke under epoch %d\n", t);
                revoked(t)
            :: else
            fi;
            t = 0;
            check() } }
    od
}

proctype Portal(byte me) provided (!calm)
{
    byte id;
    bool late;

end:
    do
    :: atomic { orders > 0 -> pick(id, orders);
        if
        :: late = false
        :: P.ticket != 0 && o[id].ticket == P.ticket -> late = true
        fi;
        d_step {
            printf("portal: takes order %d\n", id);
            take_order(id);
            id = 0;
            late = 0;
            check() } }
    :: d_step { tickets < T -> tickets++; P.ticket = tickets;
        printf("portal: ticket %d\n", tickets) }
    :: d_step { P.state == TENANT_PENDING -> confirm(); printf("portal: confirm\n"); check() }
    :: d_step { revokes < R && (P.state == TENANT_ENABLED || P.state == TENANT_PENDING) ->
        printf("portal: revoke\n"); revoke(); check() }
    :: d_step { reload(me); printf("portal: instance reloads\n"); check() }
    od
}

#ifdef NO_CAS
/* An agent that writes what it read earlier, say with its lease in it. */
inline copy(to, from)
{
    to.state = from.state;
    to.gen = from.gen;
    to.ident = from.ident;
    to.order = from.order;
    for (k : 1 .. M) {
        to.ep[k] = from.ep[k];
        to.age[k] = from.age[k]
    }
    k = 0
}

proctype Blind()
{
    Half mine;

    d_step { copy(mine, A) }
    d_step { printf("agent: puts back what it read\n"); copy(A, mine); check() }
}
#endif

#ifdef SETTLES
#define ANSWER(code) (answered[A.order] & BIT(code))

inline round()
{
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    if
    :: A.order == 0 && A.state == TENANT_ENABLED && (c != 0 || A.gen > e_gen[d]) -> begin_roll()
    :: else
    fi;
    c = 0;
    d = 0;
    if
    :: A.order != 0 ->
        answered[A.order] = 0;
        take_order(A.order);
        if
        :: ANSWER(EXCHANGE_DONE) || ANSWER(EXCHANGE_WAITING) -> taken_up()
        :: ANSWER(EXCHANGE_TICKET_UNKNOWN) || ANSWER(EXCHANGE_ALREADY_ENABLED) -> refused()
        :: ANSWER(EXCHANGE_NOT_ENABLED) && READS -> not_enabled()
        :: ANSWER(EXCHANGE_STALE) -> stale()
        :: else
        fi
    :: else
    fi
}

/* 6: once messages get through, a disable by the pinned identity and whatever else waits is
 * answered, and an enabled pair comes to the same ACTIVE epoch, with none PENDING. */
inline settle()
{
    for (j : 0 .. OVERLAP) {
        tick()
    }
    for (j : 0 .. 3) {
        round();
        check()
    }
    j = 0;
    assert(A.order == 0 || (o[A.order].kind == EXCHANGE_DISABLE && P.ident != A.ident));
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    assert(A.state != TENANT_ENABLED || P.state != TENANT_ENABLED ||
           (c == 0 && P.ep[d] == EPOCH_ACTIVE))
}

proctype Calm()
{
    bool late;
    byte j;

    d_step { printf("calm\n"); settle(); printf("settled\n"); calm = true }
}
#endif

proctype Time() provided (!calm)
{
end:
    do
    :: d_step { tick(); printf("tick\n"); check() }
    od
}

init
{
    atomic {
        A.state = TENANT_NONE;
        P.state = TENANT_NONE;
        if
        :: skip
        :: P.gen = 1 /* an agent of before, whose store is gone */
        fi;
        for (k : 1 .. AGENTS) {
            run Agent()
        }
        for (k : 0 .. PORTALS - 1) {
            run Portal(k)
        }
        k = 0;
#ifdef NO_CAS
        run Blind();
#endif
#ifdef SETTLES
        run Calm();
#endif
        run Time()
    }
}
