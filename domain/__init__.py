"""What is true of agencies, in one vocabulary.

workspace  a place where one team's events are tracked; belongs to at most one tree
tree       an agency: its anchor, its children, one subscription
anchor     the workspace that pays for its tree
child      a workspace below an anchor
member     a person with a role in a workspace
client     a member of a child who is not of the agency
customer   whom an agency serves in one of its children; added, suspended, resumed, closed
plan       what was bought: a row of the append-only plan table
pool       the quota that one or more workspaces draw on
cycle      the period that a pool is counted over
overage    what was tracked above the pool in a cycle
agent      a voice on the phone or the web, told what to do by a prompt of which every version is kept
knowledge  bases of documents, which agents answer from
action     what is asked of a client's own servers before, during or after a call
deployment a widget: an agent on pages of named origins
template   agents, knowledge and actions of a workspace, kept so that others start with them
drift      what in a workspace differs from the template that it was started from
call       a talk of an agent with a caller; it runs or is over, and each second costs
charge     what is paid beside calls: messages, and a phone number for a cycle
credit     one euro of an agency's balance, counted in micros
ledger     the credits of one tree, and every line that changed them
grant      the credits that a cycle brings
rollover   what was left of earlier grants; spent after the grant of the cycle
top-up     credits that were bought beside the plan; spent last
hold       what a running call may cost, as good as spent until it ends
budget     how many credits a workspace may use in a cycle before it is told, or stopped
markup     what an agency asks of a customer above the credits
freeze     what happens to a ledger when its subscription ends; the next one thaws it
fact       an event: something that happened, kept for ever
refusal    a "no", with the reason that comes first
story      what began it all; shared by every fact that followed
because    actor, cause, story and instant of a fact
look       the time in which somebody of support reads an agency or workspace, for a stated reason
leaf       a fact as the proof knows it: its number in the log, and the hash of its stored form
head       how many leaves a log had at an instant and their root; signed, it vouches for every one of them
notice     a signed message from Stripe
"""
