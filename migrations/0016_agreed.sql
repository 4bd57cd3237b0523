ALTER TABLE "address_change" ADD COLUMN "agreed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "address_change" ADD COLUMN "confirmed_at" timestamp with time zone;