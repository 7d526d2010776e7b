from asterisk.agi import AGI

agi = AGI()
agi.noop()
raise SystemExit(3)
