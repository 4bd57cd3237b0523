// Figures move in place: what the server sends is the same page, counted again, and each part of it
// that is marked as live takes the place of the old one. Everything works without this.
const live = document.querySelectorAll('[data-live]');
if (live.length > 0 && document.body.dataset.stream) {
  const source = new EventSource(document.body.dataset.stream);
  source.addEventListener('page', ({ data }) => {
    const fresh = new DOMParser().parseFromString(JSON.parse(data), 'text/html');
    // What comes or goes (a button, a digest) is not slipped in under somebody's hand: they count again.
    for (const old of document.querySelectorAll('[data-live]')) {
      const next = fresh.getElementById(old.id);
      if (next && next.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
        old.replaceChildren(...next.childNodes);
      }
    }
    document.title = fresh.title;
  });
  // After a login has ended the stream is refused for good.
  source.addEventListener('over', () => source.close());
  addEventListener('pagehide', () => source.close());
}
// A second press before the answer comes does nothing, but where the answer is a file.
for (const form of document.querySelectorAll('form[method="post"]:not([data-again])')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});
