"""Jorge answers a real-estate team's leads by text.

A message's journey: `intake` keeps the webhook exactly once -> `turns` claims the contact and asks
`understanding` what the text says, `scoring` how ready the lead is, `handoff` who owns the contact and the owner in
`bots` what to say; `compliance` says whether that may be said -> one transaction saves it all -> `delivery` carries
the effects to the `crm` at most once -> `telemetry` records what happened without slowing the reply and `alerts`
says when it goes wrong.  `storage` is PostgreSQL, `api` the composition root, `cli` the command line.
"""
