// Offers the reader's own time zone, unless they chose one. The form is complete without this.
const select = document.querySelector('select[name="timezone"][data-guess]');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && zone) {
  if (![...select.options].some((option) => option.value === zone)) select.add(new Option(zone.replaceAll('_', ' '), zone));
  select.value = zone;
}
