// The source panel's script. `element` is the panel, `trigger` asks the server, `watch` hears of a new panel.
// Links "#cite-START-END-DOCUMENT" anywhere on the page open a place; "#copy" and "#download" hand out a text that lies
// hidden beside them.

// On a narrow screen the source lies over the conversation while this element says that it is open.
const columns = element.closest('#cv-main');

const PLACE = /^#cite-(\d+)-(\d+)-(.+)$/;
let links = [];      // the places of the answer that the open citation belongs to, in order
let index = -1;      // which of them is open
let opener = null;   // the link that was followed, to give the focus back to
let opened = '';     // the place that is open, as its links name it
let chosen = false;  // whether a person has followed a link, or used the panel, since the last question

function placesOf(link) {
  const scope = link.closest('.cv-answer') || link.closest('.cv-places');
  const seen = new Set();
  return scope ? [...scope.querySelectorAll('a[href^="#cite-"]')].filter(a => !seen.has(a.hash) && seen.add(a.hash)) : [link];
}

function ask(link, view) {
  const place = PLACE.exec(link.getAttribute('href'));
  if (!place) return;
  const was = [opened, index, links.length].join();
  links = placesOf(link);
  index = links.findIndex(a => a.hash === link.hash);
  opened = link.hash;
  showCurrent();
  const panel = element.querySelector('.cv-source');
  if (was === [opened, index, links.length].join() && panel.dataset.view === view) return reveal();  // it is there, or on its way
  trigger('select', {start: place[1], end: place[2], document: decodeURIComponent(place[3]), view, index, count: links.length});
}

function showCurrent() {
  for (const a of document.querySelectorAll('a[href^="#cite-"]')) {
    if (a.hash === opened) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current');
  }
}

function close() {
  delete columns.dataset.open;
  if (opener && opener.isConnected) opener.focus();
}

function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');  // over plain http on a network there is no clipboard API
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return Promise.resolve();
}

function write(question) {
  const box = document.querySelector('#cv-question textarea');
  box.value = question;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  box.focus();
}

function handOut(link, what) {
  const store = link.closest('.cv-actions').nextElementSibling;
  if (what === '#copy') {
    const label = link.textContent;
    copy(store.textContent).then(() => { link.textContent = 'Copied'; setTimeout(() => { link.textContent = label; }, 1500); });
    return;
  }
  const file = document.createElement('a');
  file.href = URL.createObjectURL(new Blob([store.textContent], {type: store.dataset.type || 'text/markdown'}));
  file.download = store.dataset.name || 'answer.md';
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 1000);
}

document.addEventListener('click', event => {
  const link = event.target.closest && event.target.closest('a[href^="#"]');
  if (!link) return;
  const href = link.getAttribute('href');
  if (PLACE.test(href)) {
    event.preventDefault();
    opener = link;
    chosen = true;
    ask(link, 'passage');
  } else if (href === '#copy' || href === '#download') {
    event.preventDefault();
    handOut(link, href);
  } else if (href === '#ask') {  // a suggested question
    event.preventDefault();
    write(link.textContent);
    setTimeout(() => document.querySelector('#cv-question .submit-button').click());
  } else if (href === '#edit') {  // how a follow-up was understood: to be put right and asked again
    event.preventDefault();
    write(link.parentElement.querySelector('span').textContent);
  } else if (/^#cv-q\d+$/.test(href)) {  // from a quotation in an article to its verdict
    event.preventDefault();
    const verdict = document.querySelector(href);
    verdict.open = true;
    verdict.scrollIntoView({block: 'start'});
    verdict.querySelector('summary').focus({preventScroll: true});
  }
}, true);

// The passage that a number shows on hovering opens upwards where there is no room below it.
for (const kind of ['mouseover', 'focusin']) {
  document.addEventListener(kind, event => {
    const cite = event.target.closest && event.target.closest('.cv-cite');
    if (!cite) return;
    const peek = cite.querySelector('.cv-peek'), line = cite.parentElement.getBoundingClientRect();
    peek.classList.remove('cv-up');
    const floor = document.querySelector('#cv-question').getBoundingClientRect().top;
    peek.classList.toggle('cv-up', line.bottom + peek.offsetHeight > floor && line.top > peek.offsetHeight);
  });
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && 'open' in columns.dataset) close();
});

element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  if ('close' in button.dataset) return close();
  chosen = true;
  if (button.dataset.step) {
    opener = links[index + Number(button.dataset.step)] || opener;
    return ask(opener, 'passage');
  }
  if (button.dataset.show) {
    const at = element.querySelector('.cv-source').dataset;
    trigger('select', {start: at.start, end: at.end, document: at.document, view: button.dataset.show, index, count: links.length});
  }
});

// Shows the place that is open, once it has come. One that opened by itself takes neither the focus nor, on a narrow screen,
// the view.
function reveal() {
  const section = element.querySelector('.cv-source'), place = PLACE.exec(opened);
  if (!section || !place || section.dataset.start !== place[1] || section.dataset.document !== decodeURIComponent(place[3])) return;
  if (chosen) columns.dataset.open = '';  // before it is scrolled: what is hidden has no height
  const hit = element.querySelector('#cv-hit'), page = element.querySelector('.cv-page');
  if (hit && page) page.scrollTop += hit.getBoundingClientRect().top - page.getBoundingClientRect().top - page.clientHeight / 3;
  if (chosen) section.focus({preventScroll: true});
}

watch('value', reveal);

// Keeps every answer in this browser, for the history. A message carries its text hidden beside it.
const KEPT = 'chapter-and-verse-history', MOST_KEPT = 500;
const seen = new WeakSet();

function keep() {
  for (const store of document.querySelectorAll('#cv-chat .cv-text')) {
    if (seen.has(store)) continue;
    seen.add(store);
    let kept;
    try { kept = JSON.parse(localStorage.getItem(KEPT)) || []; } catch (error) { kept = []; }
    const text = store.textContent;
    if (kept.slice(0, 50).some(item => item.text === text)) continue;  // the chat has only drawn it again
    kept.unshift({when: Date.now(), question: text.split('\n', 1)[0], text});
    localStorage.setItem(KEPT, JSON.stringify(kept.slice(0, MOST_KEPT)));
    window.dispatchEvent(new Event('cv-kept'));
  }
}

// The chat would scroll to the end of an answer; a person begins to read at its question, with the first place cited beside it.
let turn = '', coming = false;

function toQuestion() {
  const asked = [...document.querySelectorAll('#cv-chat .cv-asked')].pop();
  const count = css => document.querySelectorAll('#cv-chat ' + css).length;
  const busy = count('.cv-working') > 0, now = `${count('.cv-asked')} ${count('.cv-answer')} ${busy}`;
  if (now === turn) return;
  turn = now;
  showCurrent();  // the chat was drawn anew
  if (!asked) return;
  asked.scrollIntoView({block: 'start'});
  if (busy && !coming) chosen = false;
  if (coming && !busy && !chosen) openFirst(asked);
  coming = busy;
}

function openFirst(asked) {
  const follows = a => asked.compareDocumentPosition(a) & Node.DOCUMENT_POSITION_FOLLOWING;
  const first = [...document.querySelectorAll('#cv-chat a.cv-number')].find(follows);
  if (first) ask(first, 'passage');
}

new MutationObserver(() => { keep(); toQuestion(); }).observe(document.querySelector('#cv-left'), {childList: true, subtree: true});
