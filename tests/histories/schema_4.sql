CREATE TABLE public.access_keys (
    key_id text NOT NULL,
    workspace_id uuid NOT NULL,
    mode text NOT NULL,
    scopes text[] NOT NULL,
    secret_mac text NOT NULL,
    revoked boolean DEFAULT false NOT NULL,
    expires_at timestamp with time zone
);
CREATE TABLE public.access_members (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL
);
CREATE TABLE public.access_trees (
    tree_id uuid NOT NULL,
    anchor_id uuid NOT NULL
);
CREATE TABLE public.access_workspaces (
    workspace_id uuid NOT NULL,
    tree_id uuid,
    parent_id uuid,
    plan text NOT NULL,
    name_digest text NOT NULL
);
CREATE TABLE public.agency_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    append bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.5', autovacuum_analyze_scale_factor='0.01');
CREATE SEQUENCE public.agency_events_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.agency_events_notification_id_seq OWNED BY public.agency_events.notification_id;
CREATE TABLE public.bookmarks (
    log text NOT NULL,
    "position" bigint NOT NULL
);
CREATE TABLE public.credit_requests (
    "position" bigint NOT NULL,
    tree_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    events bigint NOT NULL,
    amount_micros bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL
);
CREATE TABLE public.dashboard (
    workspace_id uuid NOT NULL,
    tree_id uuid,
    parent_id uuid,
    name_digest text NOT NULL,
    plan text NOT NULL,
    members integer NOT NULL,
    key_ids text[] NOT NULL,
    opened_at timestamp with time zone NOT NULL
);
CREATE TABLE public.drifts (
    job text NOT NULL,
    kind text NOT NULL,
    tree_id uuid NOT NULL,
    subject text NOT NULL,
    events_ours bigint NOT NULL,
    events_theirs bigint NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.event_index (
    log text NOT NULL,
    "position" bigint NOT NULL,
    append bigint NOT NULL,
    leaf bigint NOT NULL,
    leaf_hash bytea NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    tree_id uuid,
    workspace_id uuid,
    actor text NOT NULL,
    cause text NOT NULL,
    story text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.invitations (
    invitation_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.invoice_course (
    invoice_id text NOT NULL,
    step text NOT NULL,
    notice_id text NOT NULL,
    stripe_at timestamp with time zone,
    seen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.invoice_lines (
    invoice_id text NOT NULL,
    line integer NOT NULL,
    description text NOT NULL,
    quantity bigint NOT NULL,
    unit_micros bigint NOT NULL,
    amount_cents bigint NOT NULL,
    period_started_at timestamp with time zone NOT NULL,
    period_ends_at timestamp with time zone NOT NULL,
    is_proration boolean NOT NULL,
    is_overage boolean NOT NULL
);
CREATE TABLE public.invoices (
    invoice_id text NOT NULL,
    tree_id uuid NOT NULL,
    number text,
    status text NOT NULL,
    currency text NOT NULL,
    subtotal_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    total_cents bigint NOT NULL,
    due_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    period_started_at timestamp with time zone NOT NULL,
    period_ends_at timestamp with time zone NOT NULL
);
CREATE TABLE public.job_runs (
    name text NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    late_at timestamp with time zone NOT NULL,
    error text
);
CREATE TABLE public.key_traffic (
    key_id text NOT NULL,
    second_started bigint NOT NULL,
    used integer NOT NULL,
    last_used_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE public.members (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone NOT NULL
);
CREATE TABLE public.metering_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    append bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.5', autovacuum_analyze_scale_factor='0.01');
CREATE SEQUENCE public.metering_events_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.metering_events_notification_id_seq OWNED BY public.metering_events.notification_id;
CREATE TABLE public.outbox (
    entry_id bigint NOT NULL,
    errand text NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    story text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    away integer DEFAULT 0 NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    gave_up_at timestamp with time zone,
    last_error text
);
CREATE SEQUENCE public.outbox_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_entry_id_seq OWNED BY public.outbox.entry_id;
CREATE TABLE public.parked (
    key uuid NOT NULL,
    projection text NOT NULL,
    log text NOT NULL,
    "position" bigint NOT NULL,
    error text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.pool_counts (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    used bigint NOT NULL,
    voided bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.pool_cycles (
    tree_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    cycle_ends_at timestamp with time zone NOT NULL,
    pool_events bigint NOT NULL,
    claimed bigint DEFAULT 0 NOT NULL,
    reported bigint DEFAULT 0 NOT NULL,
    held bigint,
    held_at timestamp with time zone,
    credited bigint DEFAULT 0 NOT NULL,
    credited_micros bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.pool_draws (
    workspace_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    plan text NOT NULL,
    hourly_rate_cents integer
);
CREATE TABLE public.pool_overages (
    tree_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    cycle_ends_at timestamp with time zone NOT NULL,
    pool_events bigint NOT NULL,
    claimed bigint NOT NULL,
    credited bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.pools (
    pool_id uuid NOT NULL,
    tree_id uuid,
    pool_events bigint NOT NULL,
    stops_at_limit boolean NOT NULL,
    cycle_started_at timestamp with time zone,
    cycle_ends_at timestamp with time zone
);
CREATE TABLE public.quota_notices (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    percent integer NOT NULL,
    cycle_ends_at timestamp with time zone NOT NULL,
    tree_id uuid,
    raised_at timestamp with time zone NOT NULL,
    holds boolean NOT NULL
);
CREATE TABLE public.reconciliations (
    "position" bigint NOT NULL,
    job text NOT NULL,
    at timestamp with time zone NOT NULL,
    story text NOT NULL,
    checked integer NOT NULL,
    repaired integer NOT NULL,
    drifts integer NOT NULL
);
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
CREATE TABLE public.secret_marks (
    name text NOT NULL,
    mark bytea NOT NULL
);
CREATE TABLE public.sessions (
    token_sha256 bytea NOT NULL,
    person_id uuid NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sign_in_links (
    token_sha256 bytea NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.subscription_disputes (
    tree_id uuid NOT NULL,
    dispute_id text NOT NULL,
    is_open boolean NOT NULL
);
CREATE TABLE public.subscriptions (
    tree_id uuid NOT NULL,
    anchor_id uuid NOT NULL,
    status text NOT NULL,
    plan text NOT NULL,
    workspaces_max integer DEFAULT 1 NOT NULL,
    pool_events bigint DEFAULT 0 NOT NULL,
    customer_id text,
    subscription_id text,
    cycle_started_at timestamp with time zone,
    cycle_ends_at timestamp with time zone,
    ends_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_because text,
    founded_at timestamp with time zone NOT NULL,
    chosen_at timestamp with time zone NOT NULL,
    next_plan text,
    next_plan_at timestamp with time zone,
    standing text DEFAULT 'current'::text NOT NULL,
    standing_since timestamp with time zone
);
CREATE TABLE public.timeline (
    "position" bigint NOT NULL,
    behind bigint NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    tree_id uuid,
    workspace_id uuid,
    actor text NOT NULL,
    cause text NOT NULL,
    story text NOT NULL,
    at timestamp with time zone NOT NULL,
    fields jsonb NOT NULL
);
CREATE TABLE public.usage (
    event_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    kept_days smallint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body json NOT NULL
)
PARTITION BY RANGE (kept_days, received_at);
CREATE TABLE public.usage_by_day (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    day integer NOT NULL,
    events bigint NOT NULL,
    batches bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL
);
CREATE TABLE public.usage_by_workspace (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    workspace_id uuid NOT NULL,
    events bigint NOT NULL
);
CREATE TABLE public.usage_keys (
    workspace_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    body_sha256 bytea NOT NULL,
    answer text NOT NULL
);
CREATE TABLE public.vault_addresses (
    address_mac bytea NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE public.vault_entries (
    subject_id uuid NOT NULL,
    entry text NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE public.vault_keys (
    subject_id uuid NOT NULL,
    wrapped_key bytea NOT NULL
);
CREATE TABLE public.voided_events (
    event_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    voided_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.agency_events ALTER COLUMN notification_id SET DEFAULT nextval('public.agency_events_notification_id_seq'::regclass);
ALTER TABLE ONLY public.metering_events ALTER COLUMN notification_id SET DEFAULT nextval('public.metering_events_notification_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN entry_id SET DEFAULT nextval('public.outbox_entry_id_seq'::regclass);
ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY public.access_members
    ADD CONSTRAINT access_members_pkey PRIMARY KEY (workspace_id, person_id);
ALTER TABLE ONLY public.access_trees
    ADD CONSTRAINT access_trees_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.access_workspaces
    ADD CONSTRAINT access_workspaces_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.agency_events
    ADD CONSTRAINT agency_events_pkey PRIMARY KEY (originator_id, originator_version);
ALTER TABLE ONLY public.bookmarks
    ADD CONSTRAINT bookmarks_pkey PRIMARY KEY (log);
ALTER TABLE ONLY public.credit_requests
    ADD CONSTRAINT credit_requests_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.dashboard
    ADD CONSTRAINT dashboard_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.drifts
    ADD CONSTRAINT drifts_pkey PRIMARY KEY (job, kind, tree_id, subject);
ALTER TABLE ONLY public.event_index
    ADD CONSTRAINT event_index_log_leaf_key UNIQUE (log, leaf);
ALTER TABLE ONLY public.event_index
    ADD CONSTRAINT event_index_pkey PRIMARY KEY (log, "position");
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (invitation_id);
ALTER TABLE ONLY public.invoice_course
    ADD CONSTRAINT invoice_course_pkey PRIMARY KEY (invoice_id, step, notice_id);
ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (invoice_id, line);
ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (invoice_id);
ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.key_traffic
    ADD CONSTRAINT key_traffic_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (workspace_id, person_id);
ALTER TABLE ONLY public.metering_events
    ADD CONSTRAINT metering_events_pkey PRIMARY KEY (originator_id, originator_version);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (entry_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_stream_version_errand_key UNIQUE (stream, version, errand);
ALTER TABLE ONLY public.parked
    ADD CONSTRAINT parked_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.pool_counts
    ADD CONSTRAINT pool_counts_pkey PRIMARY KEY (pool_id, cycle_started_at);
ALTER TABLE ONLY public.pool_cycles
    ADD CONSTRAINT pool_cycles_pkey PRIMARY KEY (tree_id, cycle_started_at);
ALTER TABLE ONLY public.pool_draws
    ADD CONSTRAINT pool_draws_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.pool_overages
    ADD CONSTRAINT pool_overages_pkey PRIMARY KEY (tree_id, cycle_started_at);
ALTER TABLE ONLY public.pools
    ADD CONSTRAINT pools_pkey PRIMARY KEY (pool_id);
ALTER TABLE ONLY public.quota_notices
    ADD CONSTRAINT quota_notices_pkey PRIMARY KEY (pool_id, cycle_started_at, percent);
ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.secret_marks
    ADD CONSTRAINT secret_marks_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.subscription_disputes
    ADD CONSTRAINT subscription_disputes_pkey PRIMARY KEY (tree_id, dispute_id);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.timeline
    ADD CONSTRAINT timeline_pkey PRIMARY KEY ("position", behind);
ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (event_id, kept_days, received_at);
ALTER TABLE ONLY public.usage_by_day
    ADD CONSTRAINT usage_by_day_pkey PRIMARY KEY (pool_id, cycle_started_at, day);
ALTER TABLE ONLY public.usage_by_workspace
    ADD CONSTRAINT usage_by_workspace_pkey PRIMARY KEY (pool_id, cycle_started_at, workspace_id);
ALTER TABLE ONLY public.usage_keys
    ADD CONSTRAINT usage_keys_pkey PRIMARY KEY (workspace_id, idempotency_key);
ALTER TABLE ONLY public.vault_addresses
    ADD CONSTRAINT vault_addresses_pkey PRIMARY KEY (address_mac);
ALTER TABLE ONLY public.vault_entries
    ADD CONSTRAINT vault_entries_pkey PRIMARY KEY (subject_id, entry);
ALTER TABLE ONLY public.vault_keys
    ADD CONSTRAINT vault_keys_pkey PRIMARY KEY (subject_id);
ALTER TABLE ONLY public.voided_events
    ADD CONSTRAINT voided_events_pkey PRIMARY KEY (event_id);
CREATE INDEX access_keys_workspace ON public.access_keys USING btree (workspace_id);
CREATE INDEX access_members_person ON public.access_members USING btree (person_id);
CREATE INDEX access_trees_anchor ON public.access_trees USING btree (anchor_id);
CREATE INDEX access_workspaces_parent ON public.access_workspaces USING btree (parent_id);
CREATE UNIQUE INDEX agency_events_notification_id_idx ON public.agency_events USING btree (notification_id);
CREATE INDEX credit_requests_tree ON public.credit_requests USING btree (tree_id);
CREATE INDEX dashboard_tree ON public.dashboard USING btree (tree_id);
CREATE INDEX event_index_append ON public.event_index USING btree (log, append);
CREATE INDEX event_index_story ON public.event_index USING btree (story, log, "position");
CREATE INDEX event_index_stream ON public.event_index USING btree (stream, version);
CREATE INDEX event_index_tree ON public.event_index USING btree (tree_id, log, "position");
CREATE INDEX event_index_workspace ON public.event_index USING btree (workspace_id, log, "position");
CREATE INDEX invitations_workspace ON public.invitations USING btree (workspace_id);
CREATE INDEX invoices_tree ON public.invoices USING btree (tree_id, created_at);
CREATE UNIQUE INDEX metering_events_notification_id_idx ON public.metering_events USING btree (notification_id);
CREATE INDEX outbox_asked ON public.outbox USING btree (asked_at) WHERE ((done_at IS NULL) AND (gave_up_at IS NULL));
CREATE INDEX outbox_done ON public.outbox USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX outbox_due ON public.outbox USING btree (due_at, entry_id) WHERE ((done_at IS NULL) AND (gave_up_at IS NULL));
CREATE INDEX outbox_given_up ON public.outbox USING btree (gave_up_at) WHERE (gave_up_at IS NOT NULL);
CREATE INDEX pool_counts_started ON public.pool_counts USING btree (cycle_started_at);
CREATE INDEX pool_counts_voided ON public.pool_counts USING btree (pool_id) WHERE (voided > 0);
CREATE INDEX pool_cycles_lagging ON public.pool_cycles USING btree (cycle_ends_at) WHERE (reported <> COALESCE(held, (0)::bigint));
CREATE INDEX pool_draws_pool ON public.pool_draws USING btree (pool_id);
CREATE INDEX pool_overages_ends ON public.pool_overages USING btree (cycle_ends_at);
CREATE INDEX quota_notices_holding ON public.quota_notices USING btree (cycle_ends_at) WHERE holds;
CREATE INDEX sessions_person ON public.sessions USING btree (person_id);
CREATE INDEX subscriptions_anchor ON public.subscriptions USING btree (anchor_id);
CREATE INDEX subscriptions_customer ON public.subscriptions USING btree (customer_id);
CREATE INDEX timeline_story ON public.timeline USING btree (story, "position", behind);
CREATE INDEX timeline_tree ON public.timeline USING btree (tree_id, "position", behind);
CREATE INDEX timeline_workspace ON public.timeline USING btree (workspace_id, "position", behind);
CREATE INDEX usage_workspace ON ONLY public.usage USING btree (workspace_id, received_at);
CREATE INDEX usage_by_workspace_workspace ON public.usage_by_workspace USING btree (workspace_id);
CREATE INDEX voided_events_workspace ON public.voided_events USING btree (workspace_id, counted_at);
