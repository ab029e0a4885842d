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
 * times in ticks, one clock, which goes on for ever. What may be wiped is wiped at the next tick.
 * Every instance seals at every tick at which it has keys. A roll that is due and one that is asked
 * for are the same step. A ticket may be expired at one instance and not yet at another; any ticket
 * may be typed in at any time (NEWEST_ONCE: only the newest one, once). The administrator confirms
 * whatever waits. A portal key is known by the ticket that it came with.
 *
 * Not here: forged messages, clocks that differ (PWWB_OPEN_ONLY_MIN_MS leaves room for that), relay
 * slots, the lease. A store that was set back is here as AHEAD. When there is room for too few,
 * requests under what gives way are not looked after (2, 5).
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
#define NOT_KNOWN 255 /* what the portal has */
#define LIFE 1
#ifndef OVERLAP
#define OVERLAP (CACHE + LIFE + 1)
#endif
#ifdef SETTLES
#define M (N + 3) /* orders that settling may need */
#else
#define M N
#endif
#define M1 (M + 1)

/* Wrong rules, for the controls: run defines one of them, and the search must find what it breaks.
 * The others are ANSWERS_ANYBODY, BY_DIGEST, DROPS_LAST, HOUR_FROM_REPLACED, KEEPS_EPOCH, NO_CAS,
 * NO_SEQUENCE, ONE_KEY, REFUSAL_WIPES, REVIVES, ROOM_BY_AGE, SEND_BEFORE_STORE, WIPES_UNANSWERED,
 * WIPE_AT_BEGIN. */
#ifndef PORTAL_OVERLAP
#define PORTAL_OVERLAP OVERLAP
#endif
#ifndef CACHE_FOREVER
#define CACHE_FOREVER 0
#endif
/* Whether the sending of a revoke comes to its end; else nobody sends a notice. */
#ifdef SETTLES
#define NOTICES 1
#endif
#ifndef NOTICES
#define NOTICES 0
#endif
#ifndef FORGETS
#define FORGETS (!NOTICES)
#endif
#ifndef ENDS_ANY
#define ENDS_ANY 0
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
    byte ticket; /* agents: the one begun with; portal: the one that is out; 0 = none */
    byte portal; /* the portal's key, by the ticket that it came with; 0 = none */
    byte before; /* portal: its key before that one */
    byte sequence; /* portal: of the last order of this identity that was taken */
    byte answering /* agents: the newest epoch that was wiped, whose control key is kept */
};
/* Portal: by ticket, the portal key that it is sealed to. Epoch: of the bundle. Control: whose
 * control key it is answered under. */
typedef Order { mtype:kind kind; byte epoch; byte ticket; byte ident; byte portal; byte control };

Half A, P;
Order o[M1];           /* what the orders say */
byte e_gen[M1];        /* generations of epochs */
byte e_portal[M1];     /* and the portal key that they were sealed to */
byte t_gen[T + 1];     /* the portal's newest generation when a ticket was made */
byte orders, epochs, idents, tickets, revokes;
byte saying;           /* the revoke that is sent until a notice names it; 0 = none */
byte r_epoch[R + 1];   /* under whose control key a revoke goes */
bool noticed[R + 1];   /* a notice of it is under way */
byte r_portal[R + 1];  /* and the portal key that it is sealed to */
byte answered[M1];     /* bit per code: answers under way to the order that is stored */
byte stale_gen;
bool void_[M1];        /* it was revoked at the portal: its messages are nobody's loss */
byte cached[PORTALS], cache_age[PORTALS]; /* the ACTIVE epoch of the keyring, 0 = none */
byte alive[M1];        /* ticks that the last request under this epoch still lives, and one */
byte off_age;          /* ticks since the portal's side went off, up to CACHE + 1 */
bool calm;

byte k, c, d, c2; /* 0 between steps */
bool gave;
byte room;
byte typed; /* the last ticket that was typed in, when only the newest ones are */

#define BIT(code) (1 << (code))
#define HOLDS(s) ((s) == EPOCH_PENDING || (s) == EPOCH_ACTIVE)
#define OPENS(s) (HOLDS(s) || (s) == EPOCH_OPEN_ONLY)
#define OFF(s) ((s) == TENANT_DISABLED || (s) == TENANT_REVOKED || (s) == TENANT_NONE)

#ifdef AHEAD
#define GEN(t) ((t) == 1 -> 0 : P.gen)
#else
#define GEN(t) P.gen
#endif

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
    :: to == EPOCH_WIPED && !FORGETS -> h.answering = x
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
    d = 0;
#ifndef REFUSAL_WIPES
    /* the order that is under way is always the same octets */
    if
    :: A.order != 0 -> control_of(c); assert(c == o[A.order].control); c = 0
    :: else
    fi
#endif
    skip
}

/* Agents */

inline control_of(ret)
{
    ret = A.answering;
    for (k : 1 .. M) {
        if
        :: OPENS(A.ep[k]) -> ret = k
        :: else
        fi
    }
    k = 0
}

inline new_order(what, x, t)
{
    orders++;
    o[orders].kind = what;
    o[orders].epoch = x;
    o[orders].ticket = t;
    o[orders].ident = A.ident;
    o[orders].portal = (what == EXCHANGE_ENABLE || A.portal == 0 -> A.ticket : A.portal);
    assert(o[orders].portal != 0);
#ifndef REVIVES
    /* 7: keys go to one portal key alone */
    assert(x == 0 || e_portal[x] == 0 || e_portal[x] == o[orders].portal);
    e_portal[x] = (x != 0 -> o[orders].portal : 0);
#endif
    control_of(c2);
    o[orders].control = c2;
    c2 = 0;
    answered[A.order] = 0;
    stale_gen = 0;
    A.order = orders
}

/* Those that the portal has left behind for certain: before the active one; without a pending one
 * all. Of the others it may have taken one, by a copy of an order that was replaced. */
#ifdef WIPES_UNANSWERED
#define BEHIND(x) true
#else
#ifdef HOUR_FROM_REPLACED
#define BEHIND(x) (c == 0)
#else
#define BEHIND(x) (c == 0 || x < d)
#endif
#endif
#define OVER(h, x) (h.ep[x] == EPOCH_OPEN_ONLY && h.age[x] >= OVERLAP)

inline wipe_over()
{
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    for (k : 1 .. M) {
        if
        :: OVER(A, k) && BEHIND(k) -> move(A, k, EPOCH_WIPED)
        :: else
        fi
    }
    k = 0;
    c = 0;
    d = 0
}

/* Full: then the oldest one that is over gives way, but not what the portal is known to have. */
#ifdef ROOM_BY_AGE
#define GIVES_WAY(x, g) OVER(A, x)
#else
#define GIVES_WAY(x, g) (OVER(A, x) && e_gen[x] != g && g != NOT_KNOWN)
#endif
inline make_room(g)
{
    count(A, c);
    if
    :: c == EPOCHS_MAX -> wipe_over(); count(A, c)
    :: else
    fi;
    if
    :: c == EPOCHS_MAX ->
        for (k : 1 .. M) {
            if
            :: !gave && GIVES_WAY(k, g) -> move(A, k, EPOCH_WIPED); gave = true; void_[k] = true
            :: else
            fi
        }
        k = 0;
        gave = false
    :: else
    fi;
    c = 0
}

inline has_room(g, ret)
{
    count(A, ret);
    ret = (ret < EPOCHS_MAX);
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    for (k : 1 .. M) {
        if
        :: GIVES_WAY(k, g) || (OVER(A, k) && BEHIND(k)) -> ret = 1
        :: else
        fi
    }
    k = 0;
    c = 0;
    d = 0
}

/* New keys, for which there is room. g = the generation that the portal is known to have. */
inline make_pending(g)
{
    find(A, EPOCH_PENDING, c);
    if
    :: c == 0 ->
        make_room(g);
        epochs++;
        A.gen++;
        e_gen[epochs] = A.gen;
        move(A, epochs, EPOCH_PENDING);
        c = epochs
    :: else
    fi
}

/* Room is made first: while one is pending, it is known which are behind. */
inline renew_pending(g)
{
    make_room(g);
    find(A, EPOCH_PENDING, c);
    if
    :: c != 0 -> move(A, c, EPOCH_OPEN_ONLY)
    :: else
    fi;
    make_pending(g)
}

#ifdef KEEPS_EPOCH
#define SAME(t) (!OFF(A.state))
#else
#define SAME(t) (A.ticket == t && !OFF(A.state))
#endif

inline begin_enable(t)
{
    grow(A, t_gen[t]);
    if
    :: SAME(t) -> make_pending(t_gen[t])
    :: else -> renew_pending(t_gen[t])
    fi;
    if
    :: OFF(A.state) ->
        idents++;
        A.ident = idents;
        A.portal = 0;
        A.answering = 0
    :: else
    fi;
    find(A, EPOCH_ACTIVE, d);
    A.state = (d != 0 -> TENANT_ENABLED : TENANT_PENDING);
    d = 0;
    A.ticket = t;
    new_order(EXCHANGE_ENABLE, c, t);
    c = 0
}

inline begin_roll()
{
    if
    :: A.ticket != 0 -> renew_pending(NOT_KNOWN)
    :: else -> make_pending(NOT_KNOWN)
    fi;
    A.ticket = 0;
    new_order(EXCHANGE_ROLL, c, 0);
#ifdef WIPE_AT_BEGIN
    find(A, EPOCH_ACTIVE, d);
    if
    :: d != 0 -> move(A, d, EPOCH_WIPED)
    :: else
    fi;
    d = 0;
#endif
    c = 0
}

/* Whether begin finds room: the pending one stays, or another can be made. */
inline can(same, g, ret)
{
    has_room(g, ret);
    find(A, EPOCH_PENDING, d);
    if
    :: same && d != 0 -> ret = 1
    :: else
    fi;
    d = 0
}

inline cleared()
{
    answered[A.order] = 0;
    A.order = 0;
    stale_gen = 0
}

/* From now on what was never answered is known to be over, or not to be: its time begins. */
inline answered_at_last()
{
#ifndef HOUR_FROM_REPLACED
    find(A, EPOCH_ACTIVE, d);
    for (k : 1 .. M) {
        if
        :: A.ep[k] == EPOCH_OPEN_ONLY && k > d -> A.age[k] = 0
        :: else
        fi
    }
    k = 0;
    d = 0
#endif
    skip
}

inline disabled()
{
    find(A, EPOCH_PENDING, c);
    if
    :: c != 0 -> answered_at_last()
    :: else
    fi;
    c = 0;
    retire(A, 0);
    A.ticket = 0;
    A.state = TENANT_DISABLED;
    cleared()
}

inline taken_up()
{
    if
    :: o[A.order].kind == EXCHANGE_DISABLE -> disabled()
    :: else ->
        if
        :: o[A.order].kind == EXCHANGE_ENABLE -> A.portal = A.ticket; A.ticket = 0
        :: else
        fi;
        assert(A.ep[o[A.order].epoch] == EPOCH_PENDING);
        answered_at_last();
        c = o[A.order].epoch;
        retire(A, c);
        move(A, c, EPOCH_ACTIVE);
        A.state = TENANT_ENABLED;
        c = 0;
        cleared()
    fi
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

/* Other keys for the same order; the ones before may be the portal's. */
inline stale()
{
    grow(A, stale_gen);
    renew_pending(stale_gen);
    if
    :: o[A.order].kind == EXCHANGE_ENABLE -> d = A.ticket; new_order(EXCHANGE_ENABLE, c, d); d = 0
    :: else -> new_order(EXCHANGE_ROLL, c, 0)
    fi;
    c = 0
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
    if
    :: A.portal == 0 -> A.portal = A.ticket
    :: else
    fi;
    count(A, c);
    if
    :: c == 0 -> A.state = TENANT_REVOKED
    :: else ->
        find(A, EPOCH_ACTIVE, c);
        find(A, EPOCH_PENDING, d);
        if
        :: c != 0
        :: c == 0 && d != 0 -> A.state = TENANT_PENDING
        :: else -> A.state = TENANT_DISABLED
        fi
    fi;
    if
    :: OFF(A.state) -> A.ticket = 0; cleared()
    :: else
    fi;
    c = 0;
    d = 0
}

/* It is obeyed once and told each time. */
inline hear_revoke(r)
{
    if
    :: OPENS(A.ep[r_epoch[r]]) -> revoked(r_epoch[r]); noticed[r] = true
    :: r_epoch[r] == A.answering && !OPENS(A.ep[r_epoch[r]]) -> noticed[r] = true
    :: else
    fi;
    if
    :: noticed[r] && NOTICES -> r_portal[r] = (A.portal == 0 -> A.ticket : A.portal)
    :: else -> noticed[r] = false
    fi
}

/* Portal */

#ifdef ONE_KEY
#define READABLE(key) ((key) == P.portal || (key) == P.ticket)
#else
#define READABLE(key) ((key) == P.portal || (key) == P.ticket || (key) == P.before)
#endif

inline answer(id, code)
{
    if
    :: A.order == id -> answered[id] = answered[id] | BIT(code)
    :: else /* nobody waits for it */
    fi
}

inline remember(id) { P.order = id; P.sequence = id; saying = 0 }
inline took(id, code) { remember(id); answer(id, code) }

inline say_stale(id)
{
    if
    :: A.order == id -> stale_gen = P.gen
    :: else
    fi;
    answer(id, EXCHANGE_STALE)
}

/* The oldest gives way: it only served to read replies. */
inline install(x)
{
    for (k : 1 .. M) {
        if
        :: P.ep[k] == EPOCH_PENDING -> move(P, k, EPOCH_WIPED)
        :: else
        fi
    }
    k = 0;
    count(P, c);
    if
    :: c == EPOCHS_MAX ->
        for (k : 1 .. M) {
            if
            :: c != 0 && OPENS(P.ep[k]) -> move(P, k, EPOCH_WIPED); c = 0; void_[k] = true
            :: else
            fi
        }
        k = 0
    :: else
    fi;
    c = 0;
    grow(P, e_gen[x])
}

inline take_bundle(id)
{
    install(o[id].epoch);
    if
    :: P.state == TENANT_ENABLED ->
        retire(P, 0);
        move(P, o[id].epoch, EPOCH_ACTIVE);
        took(id, EXCHANGE_DONE)
    :: else ->
        move(P, o[id].epoch, EPOCH_PENDING);
        P.state = TENANT_PENDING;
        took(id, EXCHANGE_WAITING)
    fi
}

inline use_up(id)
{
    if
    :: o[id].kind == EXCHANGE_ENABLE && P.ticket != 0 && P.ticket == o[id].ticket ->
        P.before = P.portal;
        P.portal = P.ticket;
        P.ticket = 0
    :: else
    fi
}

/* Two orders may carry one epoch: one that is here already is acknowledged, whatever the ticket. */
#ifdef BY_DIGEST
#define HAS(id) false
#else
#define HAS(id) (P.ident == o[id].ident && o[id].epoch != 0 && HOLDS(P.ep[o[id].epoch]))
#endif
#ifdef REVIVES
#define SEEN(id) (P.state == TENANT_ENABLED && e_gen[o[id].epoch] <= P.gen)
#else
#define SEEN(id) (e_gen[o[id].epoch] <= P.gen)
#endif

/* As things stand now, when an order comes again. */
inline again(id)
{
    if
    :: o[id].kind == EXCHANGE_DISABLE -> answer(id, EXCHANGE_DONE)
    :: o[id].kind != EXCHANGE_DISABLE && P.state == TENANT_PENDING -> answer(id, EXCHANGE_WAITING)
    :: o[id].kind != EXCHANGE_DISABLE && P.state == TENANT_ENABLED -> answer(id, EXCHANGE_DONE)
    :: else -> answer(id, EXCHANGE_NOT_ENABLED)
    fi
}

/* Issued before the last one that was taken of this identity; nobody waits for its answer. */
#ifdef NO_SEQUENCE
#define LATE(id) false
#else
#ifdef DROPS_LAST
#define LATE(id) (P.ident == o[id].ident && id <= P.sequence)
#else
#define LATE(id) (P.ident == o[id].ident && id < P.sequence)
#endif
#endif

inline take_enable(id)
{
    if
    :: P.ticket == 0 || P.ticket != o[id].ticket -> answer(id, EXCHANGE_TICKET_UNKNOWN)
    :: P.ticket != 0 && P.ticket == o[id].ticket && late -> answer(id, EXCHANGE_TICKET_EXPIRED)
    :: P.ticket != 0 && P.ticket == o[id].ticket && !late ->
        if
        :: P.state == TENANT_ENABLED && P.ident != o[id].ident ->
            answer(id, EXCHANGE_ALREADY_ENABLED)
        :: (P.state != TENANT_ENABLED || P.ident == o[id].ident) && SEEN(id) -> say_stale(id)
        :: else -> P.ident = o[id].ident; use_up(id); take_bundle(id)
        fi
    fi
}

#define SERVED (P.state == TENANT_ENABLED || P.state == TENANT_PENDING)

/* What makes no answer to a stranger leaves no trace either. */
inline not_here(id)
{
    if
    :: P.ident == o[id].ident -> took(id, EXCHANGE_NOT_ENABLED)
    :: else -> answer(id, EXCHANGE_NOT_ENABLED)
    fi
}

inline take_known(id)
{
    if
    :: !SERVED -> not_here(id)
    :: SERVED && o[id].kind == EXCHANGE_DISABLE ->
        retire(P, 0);
        P.state = TENANT_DISABLED;
        off_age = 0;
        took(id, EXCHANGE_DONE)
    :: SERVED && o[id].kind == EXCHANGE_ROLL ->
        if
        :: e_gen[o[id].epoch] <= P.gen -> say_stale(id)
        :: else -> take_bundle(id)
        fi
    fi
}

#ifdef ANSWERS_ANYBODY
#define STRANGER(id) (P.ident != 0 && P.ident != o[id].ident)
#else
#define STRANGER(id) (P.ident != o[id].ident)
#endif
/* Of another identity than the pinned one only an enable is heard. */
inline take_new(id)
{
    if
    :: STRANGER(id) && o[id].kind != EXCHANGE_ENABLE
    :: HAS(id) -> use_up(id); again(id); remember(id)
    :: else ->
        if
        :: o[id].kind == EXCHANGE_ENABLE -> take_enable(id)
        :: else -> take_known(id)
        fi
    fi
}

inline take_order(id)
{
    if
    :: !READABLE(o[id].portal) -> skip
    :: READABLE(o[id].portal) && P.order == id -> again(id)
    :: READABLE(o[id].portal) && P.order != id && !LATE(id) -> take_new(id)
    :: else
    fi
}

/* A notice ends the revoke that it names. */
inline take_notice(r)
{
    if
    :: READABLE(r_portal[r]) && (saying == r || (ENDS_ANY && saying != 0)) ->
        /* 6: obeyed */
        for (k : 1 .. M) {
            assert(!OPENS(A.ep[k]) || k > r_epoch[saying])
        }
        k = 0;
        saying = 0
    :: else
    fi
}

inline revoke()
{
    revokes++;
    for (c : 1 .. M) {
        if
        :: OPENS(P.ep[c]) -> r_epoch[revokes] = c; saying = NOTICES * revokes; P.order = 0
        :: else
        fi
    }
    for (c : 1 .. M) {
        if
        :: OPENS(P.ep[c]) -> void_[c] = true
        :: else
        fi
    }
    c = 0;
    wipe(P);
    if
    :: !OFF(P.state) -> off_age = 0
    :: else
    fi;
    P.state = TENANT_REVOKED;
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

inline older(h, most)
{
    if
    :: h.ep[k] == EPOCH_OPEN_ONLY && h.age[k] < most -> h.age[k]++
    :: else
    fi
}

inline tick()
{
    wipe_over();
    for (k : 1 .. M) {
        older(A, OVERLAP);
        if
        :: P.ep[k] == EPOCH_OPEN_ONLY && P.age[k] >= PORTAL_OVERLAP -> move(P, k, EPOCH_WIPED)
        :: else -> older(P, PORTAL_OVERLAP)
        fi;
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

/* Whether the answer can be read. */
#define READS (OPENS(A.ep[o[A.order].control]) || o[A.order].control == A.answering)
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
#ifdef NEWEST_ONCE
    :: atomic { CAN_BEGIN && tickets > typed -> t = tickets; typed = tickets;
#else
    :: atomic { CAN_BEGIN && tickets > 0 -> pick(t, tickets);
#endif
        d_step {
            can(SAME(t), t_gen[t], room);
            if
            :: room -> begin_enable(t);
                printf("agent: begin enable, ticket %d: order %d, epoch %d\n", t, orders,
                       o[orders].epoch)
            :: else
            fi;
            t = 0;
            room = 0;
            check() } }
    :: d_step { CAN_BEGIN && A.state == TENANT_ENABLED && A.order == 0 ->
        can(A.ticket == 0, NOT_KNOWN, room);
        if
        :: room -> begin_roll();
            printf("agent: begin roll: order %d, epoch %d\n", orders, o[orders].epoch)
        :: else
        fi;
        room = 0;
        check() }
#ifdef SEND_BEFORE_STORE
    :: d_step { CAN_BEGIN && A.state == TENANT_ENABLED && A.order == 0 ->
        orders++; /* sent, and then it died */
        epochs++;
        e_gen[epochs] = A.gen + 1;
        o[orders].kind = EXCHANGE_ROLL;
        o[orders].epoch = epochs;
        o[orders].ident = A.ident;
        o[orders].portal = A.portal;
        o[orders].control = epochs;
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
        printf("agent: NOT_ENABLED\n"); disabled(); check() }
    :: d_step { GOT(EXCHANGE_STALE) && CAN_BEGIN ->
        has_room(stale_gen, room);
        if
        :: room -> printf("agent: STALE\n"); stale()
        :: else
        fi;
        room = 0;
        check() }
    :: atomic { revokes > 0 -> pick(t, revokes);
        d_step {
            printf("agent: revoke under epoch %d\n", r_epoch[t]);
            hear_revoke(t);
#ifdef SETTLES
            noticed[t] = false;
            r_portal[t] = 0;
#endif
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
    :: d_step { tickets < T -> tickets++; P.ticket = tickets; t_gen[tickets] = GEN(tickets);
        printf("portal: ticket %d\n", tickets) }
    :: d_step { P.state == TENANT_PENDING -> confirm(); printf("portal: confirm\n"); check() }
    :: d_step { revokes < R && P.state != TENANT_NONE && P.state != TENANT_REVOKED ->
        printf("portal: revoke\n"); revoke(); check() }
#if NOTICES && !defined(SETTLES)
    :: atomic { revokes > 0 -> pick(id, revokes);
        d_step {
            if
            :: noticed[id] -> printf("portal: notice of revoke %d\n", id); take_notice(id)
            :: else
            fi;
            id = 0 } }
#endif
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
    to.ticket = from.ticket;
    to.portal = from.portal;
    to.answering = from.answering;
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
#define ANSWER(code) ((answered[A.order] & BIT(code)) && READS)

inline roll_when_due()
{
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    if
    :: A.order == 0 && A.state == TENANT_ENABLED && (c != 0 || A.gen > e_gen[d]) ->
        can(A.ticket == 0, NOT_KNOWN, room);
        if
        :: room -> begin_roll()
        :: else
        fi;
        room = 0
    :: else
    fi;
    c = 0;
    d = 0
}

inline hear_answer()
{
    if
    :: A.order == 0
    :: A.order != 0 && (ANSWER(EXCHANGE_DONE) || ANSWER(EXCHANGE_WAITING)) -> taken_up()
    :: A.order != 0 && (ANSWER(EXCHANGE_TICKET_UNKNOWN) || ANSWER(EXCHANGE_ALREADY_ENABLED)) ->
        refused()
    :: A.order != 0 && ANSWER(EXCHANGE_NOT_ENABLED) -> disabled()
    :: A.order != 0 && ANSWER(EXCHANGE_STALE) -> stale()
    :: else
    fi
}

/* 6: once messages get through, a disable by the pinned identity and whatever else waits is
 * answered, and an enabled pair comes to the same ACTIVE epoch, with none PENDING. */
/* A ticket that was refused is typed in again: a copy may have been taken. */
inline type_again()
{
    if
    :: A.state == TENANT_PENDING && A.order == 0 && A.ticket != 0 ->
        find(A, EPOCH_PENDING, c);
        assert(c != 0);
        d = A.ticket;
        new_order(EXCHANGE_ENABLE, c, d);
        c = 0;
        d = 0
    :: else
    fi
}

inline round()
{
    d_step {
        if
        :: saying != 0 ->
            noticed[saying] = false;
            hear_revoke(saying);
            if
            :: noticed[saying] -> take_notice(saying)
            :: else
            fi
        :: else
        fi
    }
    d_step { roll_when_due() }
    d_step {
        if
        :: A.order != 0 -> answered[A.order] = 0; take_order(A.order)
        :: else
        fi
    }
    d_step { hear_answer(); check() }
}

/* But for what needs a new ticket anyway. */
#define NEEDS_TICKET ((o[A.order].kind == EXCHANGE_ENABLE && !READABLE(o[A.order].portal)) || \
                      (o[A.order].kind == EXCHANGE_DISABLE && \
                       (!READABLE(o[A.order].portal) || P.ident != A.ident)))

inline settled()
{
    assert(A.order == 0 || NEEDS_TICKET);
    can(A.ticket == 0, NOT_KNOWN, room); /* without room for a roll a ticket must come, too */
    assert(saying == 0 || A.state != TENANT_REVOKED || !READABLE(A.portal));
    find(A, EPOCH_PENDING, c);
    find(A, EPOCH_ACTIVE, d);
    assert(A.order != 0 || A.state != TENANT_ENABLED || P.state != TENANT_ENABLED ||
           (P.ep[d] == EPOCH_ACTIVE && c == 0) || !room);
    assert(A.order != 0 || A.state != TENANT_PENDING || c == 0 || P.ep[c] != EPOCH_ACTIVE)
}

proctype Calm()
{
    bool late;
    byte j;

    atomic {
        d_step { printf("calm\n"); j = 0 }
        do
        :: j < OVERLAP + 1 -> d_step { tick(); j++ }
        :: j == OVERLAP + 1 -> d_step { type_again(); j++ }
        :: j > OVERLAP + 1 && j < OVERLAP + 7 -> round(); j++
        :: else -> break
        od;
        d_step { j = 0; settled(); room = 0; printf("settled\n"); calm = true }
    }
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
#ifdef AHEAD
        P.gen = 1; /* and the first ticket was made before: the agents' store was set back, say */
#endif
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
