"""Threads of ours: one that does jobs, waking one that sleeps, and what is written down of a fault in one."""
