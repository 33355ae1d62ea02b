CREATE FUNCTION public.heartwood_behind(tree uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(id) FILTER (WHERE id IS NOT NULL) FROM (
            SELECT unnest(heartwood_led_by(anchor_id)) AS id FROM access_trees WHERE tree_id = tree
            UNION
            SELECT n.stream FROM event_index n
             WHERE n.log = 'agency' AND n.topic LIKE 'StripeNotice.%' AND n.story IN
                   (SELECT story FROM event_index WHERE log = 'agency' AND tree_id = tree)) part
    ); END $$;
CREATE FUNCTION public.heartwood_everybody() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('heartwood.everybody', true), '') = 'on' $$;
CREATE FUNCTION public.heartwood_have_usage(kept smallint, received timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
    DECLARE
        month timestamptz := date_trunc('month', received);
        name text := 'usage_' || kept || '_' || to_char(month, 'YYYY_MM');
    BEGIN
        PERFORM pg_advisory_xact_lock(7201005);
        IF EXISTS (SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
                    WHERE inhparent = 'usage'::regclass AND relname = name) THEN
            RETURN;
        ELSIF (SELECT count(*) FROM pg_inherits WHERE inhparent = 'usage'::regclass) >= 2000 THEN
            RAISE program_limit_exceeded;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE usage INCLUDING DEFAULTS)', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owners ON %I TO CURRENT_ROLE USING (true)', name);
        EXECUTE format('ALTER TABLE usage ATTACH PARTITION %I FOR VALUES FROM (%s, %L) TO (%s, %L)',
                       name, kept, month, kept, month + interval '1 month');
    END $$;
CREATE FUNCTION public.heartwood_head(of_log text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT CASE of_log WHEN 'agency' THEN (SELECT coalesce(max(notification_id), 0) FROM agency_events)
                         WHEN 'metering' THEN (SELECT coalesce(max(notification_id), 0) FROM metering_events)
               END
    ); END $$;
CREATE FUNCTION public.heartwood_instant(of_log text, at_position bigint) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT at FROM event_index WHERE log = of_log AND position <= at_position
         ORDER BY position DESC LIMIT 1
    ); END $$;
CREATE FUNCTION public.heartwood_invoices() RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(invoice_id) FROM invoices WHERE tree_id = ANY (heartwood_tenants())
    ); END $$;
CREATE FUNCTION public.heartwood_keys() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heartwood.keys', true), '')::text[] $$;
CREATE FUNCTION public.heartwood_last_leaf(index regclass, of_log text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    DECLARE last bigint;
    BEGIN
        IF index = 'public.event_index'::regclass THEN
            RETURN (SELECT coalesce(max(leaf), -1) FROM public.event_index WHERE log = of_log);
        ELSIF index::text <> 'heartwood_shadow.event_index' THEN
            RAISE insufficient_privilege;
        END IF;
        EXECUTE format('SELECT coalesce(max(leaf), -1) FROM %s WHERE log = $1', index) INTO last USING of_log;
        RETURN last;
    END $_$;
CREATE FUNCTION public.heartwood_last_told(of_log text, until timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT coalesce(max(told.position), 0) FROM (
            SELECT position FROM event_index
             WHERE log = of_log AND at <= until AND tree_id = ANY (heartwood_tenants())
            UNION ALL
            SELECT position FROM event_index
             WHERE log = of_log AND at <= until AND workspace_id = ANY (heartwood_tenants())
            UNION ALL
            SELECT i.position FROM event_index i JOIN (
                   SELECT tree_id, max(position) AS last FROM event_index
                    WHERE log = 'agency' AND workspace_id = ANY (heartwood_tenants()) GROUP BY tree_id) part
                ON i.stream = part.tree_id
             WHERE i.log = of_log AND i.at <= until
               AND i.topic IN ('Tree.Founded', 'Tree.SubscriptionStarted', 'Tree.CycleStarted',
                               'Tree.PlanChanged', 'Tree.SubscriptionEnded')
               AND (i.position <= part.last OR EXISTS (
                   SELECT FROM access_workspaces w
                    WHERE w.workspace_id = ANY (heartwood_tenants()) AND w.tree_id = part.tree_id))
            OFFSET 0) told
    ); END $$;
CREATE FUNCTION public.heartwood_led_by(anchor uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(id) FILTER (WHERE id IS NOT NULL) FROM (
            SELECT anchor AS id
            UNION
            SELECT tree_id FROM access_trees WHERE anchor_id = anchor
            UNION
            SELECT i.workspace_id FROM access_trees t JOIN event_index i ON i.tree_id = t.tree_id
             WHERE t.anchor_id = anchor AND i.log = 'agency' AND i.topic IN
                   ('Workspace.Opened', 'Workspace.BecameAnchor', 'Workspace.Adopted')) part
    ); END $$;
CREATE FUNCTION public.heartwood_lock_log(of_log text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    BEGIN
        CASE of_log
            WHEN 'agency' THEN LOCK TABLE agency_events IN EXCLUSIVE MODE;
            WHEN 'metering' THEN LOCK TABLE metering_events IN EXCLUSIVE MODE;
        END CASE;
    END $$;
CREATE FUNCTION public.heartwood_past(of_log text, after bigint, upto bigint, many integer) RETURNS TABLE(notification_id bigint, append bigint, originator_id uuid, originator_version bigint, topic text, state bytea, own boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
    #variable_conflict use_column
    DECLARE named uuid[] := heartwood_tenants();
    BEGIN
        IF of_log = 'agency' THEN 
    RETURN QUERY
    SELECT e.notification_id, e.append, e.originator_id, e.originator_version, e.topic, e.state, f.own
      FROM (SELECT position, true AS own FROM (
    SELECT i.position FROM event_index i WHERE i.log = 'agency' AND i.tree_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = 'agency' AND i.workspace_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = 'agency' AND i.stream = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT t.position FROM invoices v JOIN timeline t
        ON t.fields->>'object_id' = v.invoice_id AND t.name = 'StripeNotice.Received'
     WHERE v.tree_id = ANY (named) AND t.position > after AND t.position <= upto
) o 
    UNION ALL
    SELECT i.position, false FROM event_index i WHERE i.log = 'agency' AND i.stream IN (
        SELECT b.tree_id FROM event_index b WHERE b.log = 'agency' AND b.workspace_id = ANY (named)
           AND b.tree_id <> ALL (named))
       AND i.position > after AND i.position <= upto
 ORDER BY 1 LIMIT many) f
      JOIN agency_events e ON e.notification_id = f.position ORDER BY 1
;
        ELSE 
    RETURN QUERY
    SELECT e.notification_id, e.append, e.originator_id, e.originator_version, e.topic, e.state, f.own
      FROM (SELECT position, true AS own FROM (
    SELECT i.position FROM event_index i WHERE i.log = 'metering' AND i.tree_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = 'metering' AND i.workspace_id = ANY (named)
       AND i.position > after AND i.position <= upto
    UNION
    SELECT i.position FROM event_index i WHERE i.log = 'metering' AND i.stream = ANY (named)
       AND i.position > after AND i.position <= upto
) o  ORDER BY 1 LIMIT many) f
      JOIN metering_events e ON e.notification_id = f.position ORDER BY 1
;
        END IF;
    END $$;
CREATE FUNCTION public.heartwood_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heartwood.person', true), '')::uuid $$;
CREATE FUNCTION public.heartwood_places() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(workspace_id) FROM (
            SELECT workspace_id FROM access_members WHERE person_id = heartwood_person()
            UNION ALL
            SELECT w.workspace_id FROM access_members m
              JOIN access_workspaces w ON w.parent_id = m.workspace_id
             WHERE m.person_id = heartwood_person() AND m.role IN ('owner', 'admin', 'auditor')
            UNION ALL
            SELECT w.workspace_id FROM access_looks l
              JOIN access_workspaces w ON l.workspace_id IN (w.workspace_id, w.parent_id)
             WHERE l.person_id = heartwood_person() AND l.ended_at IS NULL) place
    ); END $$;
CREATE FUNCTION public.heartwood_pools() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(pool_id) FROM pool_draws WHERE workspace_id = ANY (heartwood_tenants())
    ); END $$;
CREATE FUNCTION public.heartwood_secret() RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT decode(nullif(current_setting('heartwood.secret', true), ''), 'hex') $$;
CREATE FUNCTION public.heartwood_subjects() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heartwood.subjects', true), '')::uuid[] $$;
CREATE FUNCTION public.heartwood_tells_of(of_log text, at_position bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT EXISTS (SELECT FROM event_index WHERE log = of_log AND position = at_position
           AND (workspace_id = ANY (heartwood_tenants()) OR tree_id = ANY (heartwood_tenants())))
    ); END $$;
CREATE FUNCTION public.heartwood_tenants() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heartwood.tenants', true), '')::uuid[] $$;
CREATE FUNCTION public.heartwood_terms() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$ BEGIN RETURN (
        SELECT array_agg(pool_id) FROM (
            SELECT pool_id FROM pool_draws WHERE workspace_id = ANY (heartwood_tenants())
            UNION
            SELECT tree_id FROM dashboard WHERE workspace_id = ANY (heartwood_tenants())
            UNION
            SELECT pool_id FROM usage_by_workspace WHERE workspace_id = ANY (heartwood_tenants())) pool
    ); END $$;
CREATE TABLE public.access_keys (
    key_id text NOT NULL,
    workspace_id uuid NOT NULL,
    mode text NOT NULL,
    scopes text[] NOT NULL,
    secret_mac text NOT NULL,
    revoked boolean DEFAULT false NOT NULL,
    expires_at timestamp with time zone
);
ALTER TABLE ONLY public.access_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE public.access_looks (
    look_id uuid NOT NULL,
    person_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    reason_digest text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE ONLY public.access_looks FORCE ROW LEVEL SECURITY;
CREATE TABLE public.access_members (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL
);
ALTER TABLE ONLY public.access_members FORCE ROW LEVEL SECURITY;
CREATE TABLE public.access_trees (
    tree_id uuid NOT NULL,
    anchor_id uuid NOT NULL
);
ALTER TABLE ONLY public.access_trees FORCE ROW LEVEL SECURITY;
CREATE TABLE public.access_workspaces (
    workspace_id uuid NOT NULL,
    tree_id uuid,
    parent_id uuid,
    plan text NOT NULL,
    name_digest text NOT NULL
);
ALTER TABLE ONLY public.access_workspaces FORCE ROW LEVEL SECURITY;
CREATE TABLE public.agency_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    append bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.5', autovacuum_analyze_scale_factor='0.01');
ALTER TABLE ONLY public.agency_events FORCE ROW LEVEL SECURITY;
CREATE SEQUENCE public.agency_events_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.agency_events_notification_id_seq OWNED BY public.agency_events.notification_id;
CREATE TABLE public.attempts (
    key_mac bytea NOT NULL,
    used integer NOT NULL,
    ends_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.attempts FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bookmarks (
    log text NOT NULL,
    "position" bigint NOT NULL
);
ALTER TABLE ONLY public.bookmarks FORCE ROW LEVEL SECURITY;
CREATE TABLE public.credit_requests (
    "position" bigint NOT NULL,
    tree_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    events bigint NOT NULL,
    amount_micros bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.credit_requests FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.dashboard FORCE ROW LEVEL SECURITY;
CREATE TABLE public.drifts (
    job text NOT NULL,
    kind text NOT NULL,
    tree_id uuid NOT NULL,
    subject text NOT NULL,
    events_ours bigint NOT NULL,
    events_theirs bigint NOT NULL,
    since timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.drifts FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.event_index FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invitations (
    invitation_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    sent integer NOT NULL,
    state text NOT NULL
);
ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invoice_course (
    invoice_id text NOT NULL,
    step text NOT NULL,
    notice_id text NOT NULL,
    stripe_at timestamp with time zone,
    seen_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.invoice_course FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.invoice_lines FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.invoices FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job_runs (
    name text NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    late_at timestamp with time zone NOT NULL,
    error text
);
ALTER TABLE ONLY public.job_runs FORCE ROW LEVEL SECURITY;
CREATE TABLE public.key_traffic (
    key_id text NOT NULL,
    second_started bigint NOT NULL,
    used integer NOT NULL,
    last_used_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE ONLY public.key_traffic FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lag_samples (
    log text NOT NULL,
    at timestamp with time zone NOT NULL,
    facts bigint NOT NULL,
    age_seconds bigint NOT NULL
);
ALTER TABLE ONLY public.lag_samples FORCE ROW LEVEL SECURITY;
CREATE TABLE public.members (
    workspace_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.members FORCE ROW LEVEL SECURITY;
CREATE TABLE public.metering_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    append bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.5', autovacuum_analyze_scale_factor='0.01');
ALTER TABLE ONLY public.metering_events FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.parked FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pool_counts (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    used bigint NOT NULL,
    voided bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.pool_counts FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.pool_cycles FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pool_draws (
    workspace_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    plan text NOT NULL,
    hourly_rate_cents integer
);
ALTER TABLE ONLY public.pool_draws FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pool_overages (
    tree_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    cycle_ends_at timestamp with time zone NOT NULL,
    pool_events bigint NOT NULL,
    claimed bigint NOT NULL,
    credited bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.pool_overages FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pools (
    pool_id uuid NOT NULL,
    tree_id uuid,
    pool_events bigint NOT NULL,
    stops_at_limit boolean NOT NULL,
    cycle_started_at timestamp with time zone,
    cycle_ends_at timestamp with time zone
);
ALTER TABLE ONLY public.pools FORCE ROW LEVEL SECURITY;
CREATE TABLE public.proof_heads (
    log text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL
);
ALTER TABLE ONLY public.proof_heads FORCE ROW LEVEL SECURITY;
CREATE TABLE public.proof_tiles (
    log text NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL
);
ALTER TABLE ONLY public.proof_tiles FORCE ROW LEVEL SECURITY;
CREATE TABLE public.quota_notices (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    percent integer NOT NULL,
    cycle_ends_at timestamp with time zone NOT NULL,
    tree_id uuid,
    raised_at timestamp with time zone NOT NULL,
    holds boolean NOT NULL
);
ALTER TABLE ONLY public.quota_notices FORCE ROW LEVEL SECURITY;
CREATE TABLE public.rebuilds (
    rebuild_id uuid NOT NULL,
    wanted text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    began_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    making text DEFAULT ''::text NOT NULL,
    facts_read bigint DEFAULT 0 NOT NULL,
    facts_there bigint DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    error text
);
ALTER TABLE ONLY public.rebuilds FORCE ROW LEVEL SECURITY;
CREATE TABLE public.rebuilt (
    projection text NOT NULL,
    rebuild_id uuid NOT NULL,
    asked_by text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    facts bigint NOT NULL,
    took_ms bigint NOT NULL,
    made integer NOT NULL,
    differences bigint NOT NULL,
    swapped boolean NOT NULL
);
ALTER TABLE ONLY public.rebuilt FORCE ROW LEVEL SECURITY;
CREATE TABLE public.reconciliations (
    "position" bigint NOT NULL,
    job text NOT NULL,
    at timestamp with time zone NOT NULL,
    story text NOT NULL,
    checked integer NOT NULL,
    repaired integer NOT NULL,
    drifts integer NOT NULL
);
ALTER TABLE ONLY public.reconciliations FORCE ROW LEVEL SECURITY;
CREATE TABLE public.saved_views (
    view_id uuid NOT NULL,
    person_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    digest text NOT NULL,
    kept_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.saved_views FORCE ROW LEVEL SECURITY;
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
ALTER TABLE ONLY public.schema_version FORCE ROW LEVEL SECURITY;
CREATE TABLE public.secret_marks (
    name text NOT NULL,
    mark bytea NOT NULL,
    number integer DEFAULT 1 NOT NULL
);
ALTER TABLE ONLY public.secret_marks FORCE ROW LEVEL SECURITY;
CREATE TABLE public.sessions (
    session_id uuid NOT NULL,
    person_id uuid NOT NULL,
    token_sha256 bytea NOT NULL,
    token_since timestamp with time zone NOT NULL,
    next_sha256 bytea,
    next_since timestamp with time zone,
    former_sha256 bytea,
    former_until timestamp with time zone,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    browser text NOT NULL
);
ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;
CREATE TABLE public.sign_in_links (
    token_sha256 bytea NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    browser_sha256 bytea
);
ALTER TABLE ONLY public.sign_in_links FORCE ROW LEVEL SECURITY;
CREATE TABLE public.sign_on_domains (
    domain text NOT NULL,
    tree_id uuid NOT NULL
);
ALTER TABLE ONLY public.sign_on_domains FORCE ROW LEVEL SECURITY;
CREATE TABLE public.sign_on_providers (
    tree_id uuid NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret_digest text,
    domains text[] NOT NULL,
    required boolean NOT NULL
);
ALTER TABLE ONLY public.sign_on_providers FORCE ROW LEVEL SECURITY;
CREATE TABLE public.subscription_disputes (
    tree_id uuid NOT NULL,
    dispute_id text NOT NULL,
    is_open boolean NOT NULL
);
ALTER TABLE ONLY public.subscription_disputes FORCE ROW LEVEL SECURITY;
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
ALTER TABLE ONLY public.subscriptions FORCE ROW LEVEL SECURITY;
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
    fields jsonb NOT NULL,
    person_id uuid GENERATED ALWAYS AS ((COALESCE((fields ->> 'person_id'::text), (fields ->> 'owner_id'::text)))::uuid) STORED,
    heir_id uuid GENERATED ALWAYS AS (
CASE name
    WHEN 'Workspace.OwnershipTransferred'::text THEN ((fields ->> 'successor_id'::text))::uuid
    ELSE NULL::uuid
END) STORED
);
ALTER TABLE ONLY public.timeline FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage (
    event_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    kept_days smallint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    body json NOT NULL
)
PARTITION BY RANGE (kept_days, received_at);
ALTER TABLE ONLY public.usage FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage_by_day (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    day integer NOT NULL,
    events bigint NOT NULL,
    batches bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL
);
ALTER TABLE ONLY public.usage_by_day FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage_by_workspace (
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    workspace_id uuid NOT NULL,
    events bigint NOT NULL
);
ALTER TABLE ONLY public.usage_by_workspace FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage_keys (
    workspace_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    body_sha256 bytea NOT NULL,
    answer text NOT NULL
);
ALTER TABLE ONLY public.usage_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE public.vault_addresses (
    address_mac bytea NOT NULL,
    person_id uuid NOT NULL,
    number integer DEFAULT 1 NOT NULL
);
ALTER TABLE ONLY public.vault_addresses FORCE ROW LEVEL SECURITY;
CREATE TABLE public.vault_entries (
    subject_id uuid NOT NULL,
    entry text NOT NULL,
    sealed bytea NOT NULL
);
ALTER TABLE ONLY public.vault_entries ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE ONLY public.vault_entries FORCE ROW LEVEL SECURITY;
CREATE TABLE public.vault_erased (
    subject_id uuid NOT NULL
);
ALTER TABLE ONLY public.vault_erased FORCE ROW LEVEL SECURITY;
CREATE TABLE public.vault_keys (
    subject_id uuid NOT NULL,
    wrapped_key bytea NOT NULL,
    number integer DEFAULT 1 NOT NULL
);
ALTER TABLE ONLY public.vault_keys ALTER COLUMN wrapped_key SET STATISTICS 0;
ALTER TABLE ONLY public.vault_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visibility (
    workspace_id uuid NOT NULL,
    dashboard text NOT NULL,
    prompts text NOT NULL,
    configuration text NOT NULL,
    deployment text NOT NULL,
    actions text NOT NULL
);
ALTER TABLE ONLY public.visibility FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visibility_defaults (
    tree_id uuid NOT NULL,
    dashboard text NOT NULL,
    prompts text NOT NULL,
    configuration text NOT NULL,
    deployment text NOT NULL,
    actions text NOT NULL
);
ALTER TABLE ONLY public.visibility_defaults FORCE ROW LEVEL SECURITY;
CREATE TABLE public.voided_events (
    event_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    cycle_started_at timestamp with time zone NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    voided_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.voided_events FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.agency_events ALTER COLUMN notification_id SET DEFAULT nextval('public.agency_events_notification_id_seq'::regclass);
ALTER TABLE ONLY public.metering_events ALTER COLUMN notification_id SET DEFAULT nextval('public.metering_events_notification_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN entry_id SET DEFAULT nextval('public.outbox_entry_id_seq'::regclass);
ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pkey PRIMARY KEY (key_id);
ALTER TABLE ONLY public.access_looks
    ADD CONSTRAINT access_looks_pkey PRIMARY KEY (look_id);
ALTER TABLE ONLY public.access_members
    ADD CONSTRAINT access_members_pkey PRIMARY KEY (workspace_id, person_id);
ALTER TABLE ONLY public.access_trees
    ADD CONSTRAINT access_trees_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.access_workspaces
    ADD CONSTRAINT access_workspaces_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.agency_events
    ADD CONSTRAINT agency_events_pkey PRIMARY KEY (originator_id, originator_version);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (key_mac);
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
ALTER TABLE ONLY public.lag_samples
    ADD CONSTRAINT lag_samples_pkey PRIMARY KEY (log, at);
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
ALTER TABLE ONLY public.proof_heads
    ADD CONSTRAINT proof_heads_pkey PRIMARY KEY (log, size);
ALTER TABLE ONLY public.proof_tiles
    ADD CONSTRAINT proof_tiles_pkey PRIMARY KEY (log, level, number);
ALTER TABLE ONLY public.quota_notices
    ADD CONSTRAINT quota_notices_pkey PRIMARY KEY (pool_id, cycle_started_at, percent);
ALTER TABLE ONLY public.rebuilds
    ADD CONSTRAINT rebuilds_pkey PRIMARY KEY (rebuild_id);
ALTER TABLE ONLY public.rebuilt
    ADD CONSTRAINT rebuilt_pkey PRIMARY KEY (projection);
ALTER TABLE ONLY public.reconciliations
    ADD CONSTRAINT reconciliations_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_pkey PRIMARY KEY (view_id);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.secret_marks
    ADD CONSTRAINT secret_marks_pkey PRIMARY KEY (name, number);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (session_id);
ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.sign_on_domains
    ADD CONSTRAINT sign_on_domains_pkey PRIMARY KEY (domain);
ALTER TABLE ONLY public.sign_on_providers
    ADD CONSTRAINT sign_on_providers_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.subscription_disputes
    ADD CONSTRAINT subscription_disputes_pkey PRIMARY KEY (tree_id, dispute_id);
ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.timeline
    ADD CONSTRAINT timeline_pkey PRIMARY KEY (behind, "position");
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
ALTER TABLE ONLY public.vault_erased
    ADD CONSTRAINT vault_erased_pkey PRIMARY KEY (subject_id);
ALTER TABLE ONLY public.vault_keys
    ADD CONSTRAINT vault_keys_pkey PRIMARY KEY (subject_id);
ALTER TABLE ONLY public.visibility_defaults
    ADD CONSTRAINT visibility_defaults_pkey PRIMARY KEY (tree_id);
ALTER TABLE ONLY public.visibility
    ADD CONSTRAINT visibility_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.voided_events
    ADD CONSTRAINT voided_events_pkey PRIMARY KEY (event_id);
CREATE INDEX access_keys_workspace ON public.access_keys USING btree (workspace_id);
CREATE INDEX access_looks_person ON public.access_looks USING btree (person_id, ends_at);
CREATE INDEX access_looks_workspace ON public.access_looks USING btree (workspace_id, began_at);
CREATE INDEX access_members_person ON public.access_members USING btree (person_id);
CREATE INDEX access_trees_anchor ON public.access_trees USING btree (anchor_id);
CREATE INDEX access_workspaces_parent ON public.access_workspaces USING btree (parent_id);
CREATE UNIQUE INDEX agency_events_notification_id_idx ON public.agency_events USING btree (notification_id);
CREATE INDEX attempts_ends ON public.attempts USING btree (ends_at);
CREATE INDEX credit_requests_tree ON public.credit_requests USING btree (tree_id);
CREATE INDEX dashboard_tree ON public.dashboard USING btree (tree_id);
CREATE INDEX event_index_append ON public.event_index USING btree (log, append);
CREATE INDEX event_index_parts ON public.event_index USING btree (tree_id, workspace_id) WHERE ((log = 'agency'::text) AND (topic = ANY (ARRAY['Workspace.Opened'::text, 'Workspace.BecameAnchor'::text, 'Workspace.Adopted'::text])));
CREATE INDEX event_index_story ON public.event_index USING btree (story, log, "position");
CREATE INDEX event_index_stream ON public.event_index USING btree (stream, version);
CREATE INDEX event_index_tree ON public.event_index USING btree (tree_id, log, "position");
CREATE INDEX event_index_workspace ON public.event_index USING btree (workspace_id, log, "position");
CREATE INDEX invitations_person ON public.invitations USING btree (person_id);
CREATE INDEX invitations_workspace ON public.invitations USING btree (workspace_id);
CREATE INDEX invoices_tree ON public.invoices USING btree (tree_id, created_at);
CREATE INDEX members_person ON public.members USING btree (person_id);
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
CREATE UNIQUE INDEX rebuilds_open ON public.rebuilds USING btree ((true)) WHERE (ended_at IS NULL);
CREATE INDEX saved_views_person ON public.saved_views USING btree (person_id, subject_id);
CREATE UNIQUE INDEX sessions_former ON public.sessions USING btree (former_sha256);
CREATE UNIQUE INDEX sessions_next ON public.sessions USING btree (next_sha256);
CREATE INDEX sessions_person ON public.sessions USING btree (person_id);
CREATE UNIQUE INDEX sessions_token ON public.sessions USING btree (token_sha256);
CREATE INDEX sign_on_domains_tree ON public.sign_on_domains USING btree (tree_id);
CREATE INDEX subscriptions_anchor ON public.subscriptions USING btree (anchor_id);
CREATE INDEX subscriptions_customer ON public.subscriptions USING btree (customer_id);
CREATE INDEX timeline_actor ON public.timeline USING btree (actor, "position", behind);
CREATE INDEX timeline_came ON public.timeline USING btree (person_id, name, workspace_id) WHERE ((person_id IS NOT NULL) AND (name = ANY (ARRAY['Workspace.Opened'::text, 'Workspace.MemberInvited'::text, 'Workspace.MemberJoined'::text])));
CREATE INDEX timeline_heir ON public.timeline USING btree (heir_id, "position", behind) WHERE (heir_id IS NOT NULL);
CREATE INDEX timeline_object ON public.timeline USING btree (((fields ->> 'object_id'::text))) WHERE (name = 'StripeNotice.Received'::text);
CREATE INDEX timeline_person ON public.timeline USING btree (person_id, "position", behind) WHERE (person_id IS NOT NULL);
CREATE INDEX timeline_story ON public.timeline USING btree (story, tree_id, "position", behind);
CREATE INDEX timeline_tree ON public.timeline USING btree (tree_id, "position", behind);
CREATE INDEX timeline_tree_actor ON public.timeline USING btree (tree_id, actor, "position", behind);
CREATE INDEX timeline_tree_name ON public.timeline USING btree (tree_id, name, "position", behind);
CREATE INDEX timeline_workspace ON public.timeline USING btree (workspace_id, "position", behind);
CREATE INDEX timeline_workspace_name ON public.timeline USING btree (workspace_id, name, "position", behind);
CREATE INDEX timeline_workspace_tree ON public.timeline USING btree (workspace_id, tree_id, "position", behind);
CREATE INDEX usage_workspace ON ONLY public.usage USING btree (workspace_id, received_at);
CREATE INDEX usage_by_workspace_workspace ON public.usage_by_workspace USING btree (workspace_id);
CREATE INDEX vault_addresses_number ON public.vault_addresses USING btree (number);
CREATE INDEX vault_addresses_person ON public.vault_addresses USING btree (person_id);
CREATE INDEX vault_keys_number ON public.vault_keys USING btree (number);
CREATE INDEX voided_events_workspace ON public.voided_events USING btree (workspace_id, counted_at);
ALTER TABLE public.access_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.access_looks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.access_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.access_trees ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.access_workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.agency_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bookmarks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.credit_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.dashboard ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.drifts ENABLE ROW LEVEL SECURITY;
CREATE POLICY ended ON public.attempts USING ((ends_at <= now())) WITH CHECK (false);
CREATE POLICY ended ON public.sessions USING (((begun_at <= (now() - '30 days'::interval)) OR (seen_at <= (now() - '7 days'::interval)))) WITH CHECK (false);
CREATE POLICY ended ON public.sign_in_links USING ((expires_at <= now())) WITH CHECK (false);
ALTER TABLE public.event_index ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice_course ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.key_traffic ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lag_samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.members ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.metering_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY named ON public.access_keys USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.access_looks USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.access_members USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.access_trees USING (((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (anchor_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[]))));
CREATE POLICY named ON public.access_workspaces USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.agency_events USING ((originator_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.attempts USING ((key_mac = ( SELECT public.heartwood_secret() AS heartwood_secret)));
CREATE POLICY named ON public.credit_requests USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.dashboard USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.event_index USING (((stream = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[]))));
CREATE POLICY named ON public.invitations USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.invoice_course USING ((invoice_id = ANY (( SELECT public.heartwood_invoices() AS heartwood_invoices)::text[])));
CREATE POLICY named ON public.invoice_lines USING ((invoice_id = ANY (( SELECT public.heartwood_invoices() AS heartwood_invoices)::text[])));
CREATE POLICY named ON public.invoices USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.key_traffic USING ((key_id = ANY (( SELECT public.heartwood_keys() AS heartwood_keys)::text[])));
CREATE POLICY named ON public.members USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.metering_events USING ((originator_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.outbox USING ((stream = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.pool_counts USING ((pool_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.pool_cycles USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.pool_draws USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.pool_overages USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.pools USING ((pool_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.quota_notices USING ((pool_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.rebuilds USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY named ON public.saved_views USING ((person_id = ( SELECT public.heartwood_person() AS heartwood_person)));
CREATE POLICY named ON public.sessions USING (((((( SELECT public.heartwood_secret() AS heartwood_secret) = token_sha256) OR (( SELECT public.heartwood_secret() AS heartwood_secret) = next_sha256)) OR (( SELECT public.heartwood_secret() AS heartwood_secret) = former_sha256)) OR (person_id = ( SELECT public.heartwood_person() AS heartwood_person))));
CREATE POLICY named ON public.sign_in_links USING ((token_sha256 = ( SELECT public.heartwood_secret() AS heartwood_secret)));
CREATE POLICY named ON public.sign_on_domains USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.sign_on_providers USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.subscription_disputes USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.subscriptions USING (((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (anchor_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[]))));
CREATE POLICY named ON public.timeline USING (((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[]))));
CREATE POLICY named ON public.usage USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.usage_by_day USING ((pool_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.usage_by_workspace USING (((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])) OR (pool_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[]))));
CREATE POLICY named ON public.usage_keys USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.vault_addresses USING ((address_mac = ( SELECT public.heartwood_secret() AS heartwood_secret)));
CREATE POLICY named ON public.vault_entries USING ((subject_id = ANY (( SELECT public.heartwood_subjects() AS heartwood_subjects)::uuid[])));
CREATE POLICY named ON public.vault_erased USING ((subject_id = ANY (( SELECT public.heartwood_subjects() AS heartwood_subjects)::uuid[])));
CREATE POLICY named ON public.vault_keys USING ((subject_id = ANY (( SELECT public.heartwood_subjects() AS heartwood_subjects)::uuid[])));
CREATE POLICY named ON public.visibility USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.visibility_defaults USING ((tree_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
CREATE POLICY named ON public.voided_events USING ((workspace_id = ANY (( SELECT public.heartwood_tenants() AS heartwood_tenants)::uuid[])));
ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY owners ON public.access_keys TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.access_looks TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.access_members TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.access_trees TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.access_workspaces TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.agency_events TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.attempts TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.bookmarks TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.credit_requests TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.dashboard TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.drifts TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.event_index TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.invitations TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.invoice_course TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.invoice_lines TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.invoices TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.job_runs TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.key_traffic TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.lag_samples TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.members TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.metering_events TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.outbox TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.parked TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.pool_counts TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.pool_cycles TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.pool_draws TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.pool_overages TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.pools TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.proof_heads TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.proof_tiles TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.quota_notices TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.rebuilds TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.rebuilt TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.reconciliations TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.saved_views TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.schema_version TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.secret_marks TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.sessions TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.sign_in_links TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.sign_on_domains TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.sign_on_providers TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.subscription_disputes TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.subscriptions TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.timeline TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.usage TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.usage_by_day TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.usage_by_workspace TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.usage_keys TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.vault_addresses TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.vault_entries TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.vault_erased TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.vault_keys TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.visibility TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.visibility_defaults TO CURRENT_ROLE USING (true);
CREATE POLICY owners ON public.voided_events TO CURRENT_ROLE USING (true);
ALTER TABLE public.parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pool_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pool_cycles ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pool_draws ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pool_overages ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pools ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.proof_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.proof_tiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.quota_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.rebuilds ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.rebuilt ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.reconciliations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.saved_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.schema_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.secret_marks ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON public.access_keys FOR SELECT USING ((key_id = ANY (( SELECT public.heartwood_keys() AS heartwood_keys)::text[])));
CREATE POLICY seen ON public.access_looks FOR SELECT USING ((person_id = ( SELECT public.heartwood_person() AS heartwood_person)));
CREATE POLICY seen ON public.access_members FOR SELECT USING ((person_id = ( SELECT public.heartwood_person() AS heartwood_person)));
CREATE POLICY seen ON public.access_trees FOR SELECT USING (((anchor_id = ANY (( SELECT public.heartwood_places() AS heartwood_places)::uuid[])) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
CREATE POLICY seen ON public.access_workspaces FOR SELECT USING (((workspace_id = ANY (( SELECT public.heartwood_places() AS heartwood_places)::uuid[])) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
CREATE POLICY seen ON public.agency_events FOR SELECT USING (public.heartwood_tells_of('agency'::text, notification_id));
CREATE POLICY seen ON public.bookmarks FOR SELECT USING (true);
CREATE POLICY seen ON public.credit_requests FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.drifts FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.event_index FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.invitations FOR SELECT USING ((person_id = ( SELECT public.heartwood_person() AS heartwood_person)));
CREATE POLICY seen ON public.job_runs FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.lag_samples FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.members FOR SELECT USING ((person_id = ( SELECT public.heartwood_person() AS heartwood_person)));
CREATE POLICY seen ON public.metering_events FOR SELECT USING (public.heartwood_tells_of('metering'::text, notification_id));
CREATE POLICY seen ON public.outbox FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.parked FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.pool_counts FOR SELECT USING (((pool_id = ANY (( SELECT public.heartwood_pools() AS heartwood_pools)::uuid[])) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
CREATE POLICY seen ON public.pool_cycles FOR SELECT USING (((tree_id = ANY (( SELECT public.heartwood_terms() AS heartwood_terms)::uuid[])) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
CREATE POLICY seen ON public.pool_overages FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.pools FOR SELECT USING ((pool_id = ANY (( SELECT public.heartwood_pools() AS heartwood_pools)::uuid[])));
CREATE POLICY seen ON public.proof_heads FOR SELECT USING (true);
CREATE POLICY seen ON public.proof_tiles FOR SELECT USING (true);
CREATE POLICY seen ON public.quota_notices FOR SELECT USING ((pool_id = ANY (( SELECT public.heartwood_terms() AS heartwood_terms)::uuid[])));
CREATE POLICY seen ON public.rebuilt FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.reconciliations FOR SELECT USING (( SELECT public.heartwood_everybody() AS heartwood_everybody));
CREATE POLICY seen ON public.secret_marks FOR SELECT USING (true);
CREATE POLICY seen ON public.sign_on_domains FOR SELECT USING ((sha256(convert_to(domain, 'UTF8'::name)) = ( SELECT public.heartwood_secret() AS heartwood_secret)));
CREATE POLICY seen ON public.sign_on_providers FOR SELECT USING ((( SELECT public.heartwood_secret() AS heartwood_secret) IN ( SELECT sha256(convert_to(one.one, 'UTF8'::name)) AS sha256
   FROM unnest(sign_on_providers.domains) one(one))));
CREATE POLICY seen ON public.subscription_disputes FOR SELECT USING ((tree_id = ANY (( SELECT public.heartwood_terms() AS heartwood_terms)::uuid[])));
CREATE POLICY seen ON public.subscriptions FOR SELECT USING (((tree_id = ANY (( SELECT public.heartwood_terms() AS heartwood_terms)::uuid[])) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
CREATE POLICY seen ON public.timeline FOR SELECT USING (((actor = ( SELECT ('person:'::text || public.heartwood_person()))) OR ((( SELECT public.heartwood_person() AS heartwood_person) = person_id) OR (( SELECT public.heartwood_person() AS heartwood_person) = heir_id)) OR ( SELECT public.heartwood_everybody() AS heartwood_everybody)));
ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.sign_in_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.sign_on_domains ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.sign_on_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.subscription_disputes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.timeline ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_by_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_by_workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.vault_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.vault_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.vault_erased ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.vault_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visibility ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visibility_defaults ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.voided_events ENABLE ROW LEVEL SECURITY;
