#!/usr/bin/env python3
"""Gives somebody a new Portkey key where their profile looks for it: `rotate_key.py KEY_ID portkey/jane`.

For a job of the company's own (cron, CI), never for people's machines: PORTKEY_SERVICE_KEY is a service key
that may rotate keys, and `bao` (or BAO=vault) is signed in. The old key works for an hour more; Claude Code
asks for its key again within minutes.
"""

import json
import os
import subprocess
import sys
import urllib.request

key_id, path = sys.argv[1:]
program, mount = os.environ.get("BAO", "bao"), os.environ.get("MOUNT", "secret")
# Before anything is changed: whether we are signed in, and there is a key to replace.
subprocess.run(
    [program, "kv", "metadata", "get", f"-mount={mount}", path], check=True, stdout=subprocess.DEVNULL
)
request = urllib.request.Request(
    f"{os.environ.get('PORTKEY_URL', 'https://api.portkey.ai')}/v1/api-keys/{key_id}/rotate",
    json.dumps({"key_transition_period_ms": 3_600_000}).encode(),
    {"x-portkey-api-key": os.environ["PORTKEY_SERVICE_KEY"], "Content-Type": "application/json"},
)
with urllib.request.urlopen(request, timeout=30) as answer:
    made = json.load(answer)
patch = [program, "kv", "patch", f"-mount={mount}", path, "api_key=-"]
if subprocess.run(patch, input=made["key"].encode(), check=False, stdout=subprocess.DEVNULL).returncode:
    sys.exit(f"{path} has the old key still, until {made['key_transition_expires_at']}: run this again")
print(f"{path} has a new key; the old one ends {made['key_transition_expires_at']}")
