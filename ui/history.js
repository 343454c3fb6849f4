// The history: every question asked on this page with what came back, kept in this browser and nowhere else.
// page.js keeps what appears in the conversation; here it is shown, searched and deleted.

const KEY = 'chapter-and-verse-history';
const list = element.querySelector('ul'), search = element.querySelector('input'), none = element.querySelector('.cv-mode');

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || '[]');
    return Array.isArray(kept) ? kept.filter(item => typeof item.question === 'string' && typeof item.text === 'string') : [];
  } catch (error) {
    return [];  // another program's leavings: begin anew
  }
}

function save(items) {
  localStorage.setItem(KEY, JSON.stringify(items));
  show();
}

function button(label, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', action);
  return made;
}

function row(item) {
  const li = document.createElement('li'), details = document.createElement('details'), summary = document.createElement('summary');
  const when = document.createElement('small'), text = document.createElement('pre'), actions = document.createElement('p');
  when.textContent = new Date(item.when).toLocaleString();
  summary.append(item.question, document.createElement('br'), when);
  text.textContent = item.text;
  actions.append(
    button('Ask again', () => {
      document.querySelector('#cv-left [role="tab"]').click();
      const box = document.querySelector('#cv-question textarea');
      box.value = item.question;
      box.dispatchEvent(new Event('input', {bubbles: true}));
      setTimeout(() => document.querySelector('#cv-question .submit-button').click());
    }),
    button('Delete', () => save(load().filter(other => other.when !== item.when))),
  );
  details.append(summary, text, actions);
  li.append(details);
  return li;
}

function show() {
  const items = load(), wanted = search.value.trim().toLowerCase();
  const found = items.filter(item => item.text.toLowerCase().includes(wanted));
  list.replaceChildren(...found.map(row));
  none.hidden = found.length > 0;
  none.textContent = items.length ? 'Nothing in the history holds these words.' : 'What you ask is kept here, in this browser only.';
}

search.addEventListener('input', show);
element.querySelector('.cv-forget').addEventListener('click', () => save([]));
window.addEventListener('storage', show);  // another tab of the same browser
window.addEventListener('cv-kept', show);  // page.js has kept an answer
show();
