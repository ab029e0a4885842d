# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by run: the agent that serves the page, and its configuration file.
AGENT=$BUILD/examples/pwwb-agent
[ -x "$AGENT" ] || { echo "no pwwb-agent in $BUILD: libconfig, Qpid Proton and SQLite are needed" >&2; exit 1; }
AGENT_ARGS="--config $WEB_OUT/agent.conf"
AGENT_READY="relay: connected"
export AGENT AGENT_ARGS AGENT_READY
rm -rf "$WEB_OUT/agent" && mkdir -m 700 "$WEB_OUT/agent"
(umask 077
echo "$RELAY_AGENT_SECRET" >"$WEB_OUT/agent/relay.secret"
echo "$AD_SVC_PW" >"$WEB_OUT/agent/service.secret")
cat >"$WEB_OUT/agent.conf" <<CONF
state = "$WEB_OUT/agent";
agent: { workers = 2; heartbeat = 2; };
keys: { file = "$WEB_OUT/keys/agent.key"; lock_file = "$WEB_OUT/keys/lock.key"; };
relay: { host = "$RELAY_ADDR"; port = $RELAY_PORT; ca = "$RELAY_CA"; name = "$RELAY_HOSTNAME";
         user = "$RELAY_AGENT"; secret_file = "$WEB_OUT/agent/relay.secret"; };
directories = ({ hosts = ["$AD_HOSTNAME"]; address = "$AD_ADDR"; ca = "$AD_CA"; bind = "$AD_SVC_DN";
                 password_file = "$WEB_OUT/agent/service.secret"; allow_no_history = true; });
audit: { file = "$WEB_OUT/agent/audit.jsonl"; };
metrics: { file = "$WEB_OUT/agent/metrics.prom"; seconds = 1; };
CONF
