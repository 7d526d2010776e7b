import sys

sys.stdout.write("x" * 1_000_000)
sys.stdout.flush()
sys.stdin.read()
