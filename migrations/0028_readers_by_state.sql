CREATE INDEX "subscriber_not_active" ON "subscriber" USING btree ("status","id") WHERE status <> 'active';
