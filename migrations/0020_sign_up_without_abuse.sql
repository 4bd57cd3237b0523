CREATE TABLE "network_hour" (
	"network" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"sign_ups" integer DEFAULT 0 NOT NULL,
	"decoys" integer DEFAULT 0 NOT NULL,
	"waits" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "network_hour_network_hour_pk" PRIMARY KEY("network","hour")
);
--> statement-breakpoint
CREATE TABLE "spent_notice" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "spent_notice_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"mailbox" text NOT NULL,
	"network" text,
	"spent_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "used_challenge" (
	"nonce" text PRIMARY KEY NOT NULL,
	"ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "notice_not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "quiet_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "requested_from" text[];--> statement-breakpoint
CREATE INDEX "network_hour_hour" ON "network_hour" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "spent_notice_mailbox" ON "spent_notice" USING btree ("mailbox","spent_at");--> statement-breakpoint
CREATE INDEX "spent_notice_network" ON "spent_notice" USING btree ("network","spent_at");--> statement-breakpoint
CREATE INDEX "spent_notice_at" ON "spent_notice" USING btree ("spent_at");--> statement-breakpoint
CREATE INDEX "used_challenge_end" ON "used_challenge" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "subscriber_pending" ON "subscriber" USING btree (coalesce(requested_at, created_at)) WHERE status = 'pending';