"""What is true of agencies, in one vocabulary.

workspace  a place where one team's events are tracked; belongs to at most one tree
tree       an agency: its anchor, its children, one subscription
anchor     the workspace that pays for its tree
child      a workspace below an anchor
member     a person with a role in a workspace
client     a member of a child who is not of the agency
plan       what was bought: a row of the append-only plan table
pool       the quota that one or more workspaces draw on
cycle      the period that a pool is counted over
overage    what was tracked above the pool in a cycle
fact       an event: something that happened, kept for ever
refusal    a "no", with the reason that comes first
story      what began it all; shared by every fact that followed
because    actor, cause, story and instant of a fact
look       the time in which somebody of support reads an agency or workspace, for a stated reason
leaf       a fact as the proof knows it: its number in the log, and the hash of its stored form
head       how many leaves a log had at an instant and their root; signed, it vouches for every one of them
notice     a signed message from Stripe
"""
