"""Tests of the AMI room: meaning, quarantine, and the link against a scripted peer."""
