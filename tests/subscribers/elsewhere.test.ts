import { describe, expect, test } from 'vitest';
import { fileOfLeavers, leftElsewhere } from '../../src/subscribers/elsewhere.ts';

describe('what another program says of a reader', () => {
  test.each([
    ['status', 'enabled', null],
    ['status', ' Subscribed ', null],
    ['status', '', null],
    ['status', 'disabled', 'stopped'],
    ['status', 'blocklisted', 'stopped'],
    ['status', 'unsubscribed', 'unsubscribed'],
    ['status', 'opted-out', 'unsubscribed'],
    ['status', 'cleaned', 'bounced'],
    ['status', 'unreachable', 'bounced'],
    ['status', 'soft bounced', 'bounced'],
    ['status', 'Marked as spam', 'complained'],
    ['status', 'unconfirmed', 'unconfirmed'],
    ['status', 'pending', 'unconfirmed'],
    ['status', 'a word that is new', 'stopped'],
    ['wants_mail', 'true', null],
    ['wants_mail', '', null],
    ['wants_mail', '2024-01-01', null],
    ['wants_mail', 'FALSE', 'unsubscribed'],
    ['wants_mail', '0', 'unsubscribed'],
    ['is_unsubscribed', '2024-05-06 07:08:09', 'unsubscribed'],
    ['is_unsubscribed', 'yes', 'unsubscribed'],
    ['is_unsubscribed', 'No', null],
    ['is_unsubscribed', '', null],
    ['is_bounced', '\\N', null],
    ['is_bounced', '0000-00-00 00:00:00', null],
    ['is_complained', '1', 'complained'],
    ['is_stopped', 'NULL', null],
    ['lists', 'News, Offers', null],
    ['lists', '[{"name":"a","subscription_status":"unsubscribed"}]', 'unsubscribed'],
    ['lists', '[{"subscription_status": "unsubscribed"},{"subscription_status": "confirmed"}]', null],
    ['lists', '[{"subscription_status":"unconfirmed"}]', 'unconfirmed'],
  ] as const)('in %s by %j: %s', (column, cell, left) => {
    expect(leftElsewhere(column, cell)).toBe(left);
  });

  test.each([
    ['unsubscribed_segment_export_88938.csv', 'unsubscribed'],
    ['Cleaned_email_audience_export_test.csv', 'bounced'],
    ['nonsubscribed_members_export.csv', 'unconfirmed'],
    ['archived_members.csv', 'stopped'],
    ['subscribed_segment_export_88938.csv', null],
    ['readers.csv', null],
  ])('by the name of a file: %s', (name, left) => {
    expect(fileOfLeavers(name)).toBe(left);
  });
});
