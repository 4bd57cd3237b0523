// Fills in the reader's own time zone, unless they chose one, and keeps the line beside the fold true. The form is complete without this.
// And says Today where the edition is of the reader's own day.
const front = document.querySelector('[data-today]');
if (front?.dataset.today === localDay(new Date())) front.textContent = front.dataset.say;
const form = document.querySelector('form.subscribe');
const zone = form?.elements.timezone;
if (zone?.hasAttribute('data-guess')) offer(Intl.DateTimeFormat().resolvedOptions().timeZone);
// Offers the browser's zone to a reader who chose another one.
const suggestion = document.querySelector('[data-suggest]');
if (suggestion) suggest(Intl.DateTimeFormat().resolvedOptions().timeZone);
const summary = form?.querySelector('.summary-value');
if (summary) {
  form.addEventListener('change', tell);
  // A browser may bring back what was filled in before.
  window.addEventListener('pageshow', tell);
  tell();
}

function suggest(name) {
  if (!name || name === zone.value) return;
  suggestion.textContent = suggestion.dataset.suggest.replace('*', placeOf(name));
  suggestion.hidden = false;
  suggestion.addEventListener('click', () => {
    zone.value = name;
    suggestion.hidden = true;
    zone.focus();
  });
}

// The day of the reader's own calendar, which may not be the server's.
function localDay(now) {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

function offer(name) {
  if (!name) return;
  if (!zone.options) return void (zone.value = name);
  const known = [...zone.options].find((option) => option.value === name || option.dataset.once === name);
  if (!known) zone.add(new Option(placeOf(name), name));
  zone.value = known?.value ?? name;
}

function placeOf(name) {
  return name.split('/').at(-1).replaceAll('_', ' ');
}

function tell() {
  const topics = [...form.querySelectorAll('[name="topics"]:checked')];
  const [first = summary.dataset.all] = topics.map((topic) => topic.parentElement.textContent.trim());
  const what = topics.length > 1 ? summary.dataset.several.replace('*', topics.length) : first;
  const often = form.querySelector('[name="frequency"]:checked').dataset.words;
  const hour = form.elements.sendHour.selectedOptions[0].text;
  const clock = zone.value === 'UTC' ? 'UTC' : summary.dataset.clock.replace('*', placeOf(zone.value));
  const said = [what, often, hour, clock];
  summary.textContent = summary.dataset.line.replace(/\*(\d)/g, (_, place) => said[place - 1]);
}
