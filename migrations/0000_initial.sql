CREATE EXTENSION IF NOT EXISTS citext;
--> statement-breakpoint
CREATE TABLE "batch" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "batch_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"digest_date" date NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"digest_date" date NOT NULL,
	"kind" text NOT NULL,
	"subscriber_id" bigint NOT NULL,
	"batch_id" bigint NOT NULL,
	"since" date NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"last_reply" text,
	"next_attempt_at" timestamp with time zone,
	"frozen_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "delivery_subscriber_id_digest_date_kind_pk" PRIMARY KEY("subscriber_id","digest_date","kind"),
	CONSTRAINT "delivery_state" CHECK (state in ('pending', 'sending', 'deferred', 'accepted', 'rejected', 'unknown', 'skipped'))
) PARTITION BY RANGE ("digest_date");
--> statement-breakpoint
CREATE TABLE "digest" (
	"digest_date" date NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"frozen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "digest_digest_date_kind_pk" PRIMARY KEY("digest_date","kind")
);
--> statement-breakpoint
CREATE TABLE "edition" (
	"edition_date" date NOT NULL,
	"topic" text NOT NULL,
	"frozen_at" timestamp with time zone NOT NULL,
	"sample" boolean DEFAULT false NOT NULL,
	CONSTRAINT "edition_edition_date_topic_pk" PRIMARY KEY("edition_date","topic")
);
--> statement-breakpoint
CREATE TABLE "edition_entry" (
	"edition_date" date NOT NULL,
	"topic" text NOT NULL,
	"rank" smallint NOT NULL,
	"paper_id" text NOT NULL,
	"score" double precision NOT NULL,
	"reasons" text[] NOT NULL,
	CONSTRAINT "edition_entry_edition_date_topic_rank_pk" PRIMARY KEY("edition_date","topic","rank"),
	CONSTRAINT "edition_entry_paper_once_per_topic" UNIQUE("paper_id","topic")
);
--> statement-breakpoint
CREATE TABLE "ingest_run" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ingest_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL,
	"papers" integer NOT NULL,
	"skipped" integer NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "paper" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"title" text NOT NULL,
	"abstract" text NOT NULL,
	"authors" text[] NOT NULL,
	"organisation" text,
	"published_at" timestamp with time zone,
	"first_seen_at" timestamp with time zone NOT NULL,
	"categories" text[] NOT NULL,
	"keywords" text[] NOT NULL,
	"code_url" text,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signal" (
	"paper_id" text NOT NULL,
	"source" text NOT NULL,
	"metric" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "signal_paper_id_source_metric_observed_at_pk" PRIMARY KEY("paper_id","source","metric","observed_at")
);
--> statement-breakpoint
CREATE TABLE "subscriber" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subscriber_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"email" "citext" NOT NULL,
	"status" text NOT NULL,
	"topics" text[] NOT NULL,
	"frequency" text NOT NULL,
	"timezone" text NOT NULL,
	"send_hour" smallint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"requested_at" timestamp with time zone,
	"notice_sent_at" timestamp with time zone,
	"confirmed_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"next_due_at" timestamp with time zone,
	"last_digest_date" date,
	CONSTRAINT "subscriber_status" CHECK (status in ('pending', 'active', 'unsubscribed', 'bounced', 'complained', 'erased')),
	CONSTRAINT "subscriber_frequency" CHECK (frequency in ('daily', 'weekdays', 'weekly')),
	CONSTRAINT "subscriber_send_hour" CHECK (send_hour between 0 and 23),
	CONSTRAINT "subscriber_due_only_when_active" CHECK (next_due_at is null or status = 'active')
);
--> statement-breakpoint
CREATE TABLE "suppression" (
	"address_hash" "bytea" PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "topic" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"categories" text[] NOT NULL,
	"keywords" text[] NOT NULL,
	"position" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "batch" ADD CONSTRAINT "batch_digest_date_kind_digest_digest_date_kind_fk" FOREIGN KEY ("digest_date","kind") REFERENCES "public"."digest"("digest_date","kind") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "edition_entry" ADD CONSTRAINT "edition_entry_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "edition_entry" ADD CONSTRAINT "edition_entry_edition_date_topic_edition_edition_date_topic_fk" FOREIGN KEY ("edition_date","topic") REFERENCES "public"."edition"("edition_date","topic") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signal" ADD CONSTRAINT "signal_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batch_open" ON "batch" USING btree ("due_at") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "delivery_batch" ON "delivery" USING btree ("batch_id","subscriber_id");--> statement-breakpoint
CREATE INDEX "delivery_date" ON "delivery" USING brin ("digest_date");--> statement-breakpoint
CREATE INDEX "ingest_run_source" ON "ingest_run" USING btree ("source","started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "paper_first_seen_at" ON "paper" USING btree ("first_seen_at" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriber_email" ON "subscriber" USING btree ("email");--> statement-breakpoint
CREATE INDEX "subscriber_due" ON "subscriber" USING btree ("next_due_at") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "subscriber_notice_owed" ON "subscriber" USING btree ("requested_at") WHERE requested_at is not null;