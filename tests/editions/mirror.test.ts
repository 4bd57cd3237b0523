import { expect, test } from 'vitest';
import { mirrored } from '../../src/editions/mirror.ts';

test.each([
  ['<p style="padding:1px 2px 3px 4px;">', '<p style="padding:1px 4px 3px 2px;">'],
  [
    '<td align="left" style="text-align:right;border-left:0">',
    '<td align="right" style="text-align:left;border-right:0">',
  ],
  ['.in { padding: 16px 18px 16px 0 !important; }', '.in { padding:16px 0 16px 18px !important; }'],
  ['<td style="direction:ltr;color:#fff;">', '<td style="direction:rtl;color:#fff;">'],
  ['<h2 style="letter-spacing:-0.4px;color:#fff;">', '<h2 style="color:#fff;">'],
  ['<h2 dir="auto" style="margin:0;">', '<h2 dir="auto" style="text-align:right;margin:0;">'],
  ['padding:0 0 14px;<% } else { %>padding:16px 0;', 'padding:0 0 14px;<% } else { %>padding:16px 0;'],
])('a layout from right to left has %s as %s', (html, turned) => expect(mirrored(html)).toBe(turned));
