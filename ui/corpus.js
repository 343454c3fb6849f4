// The table of documents: "Remove" asks once more, beside itself, before the server is told.

let removed = -1;  // which row goes: the focus stays where it was

function keep(row) {
  row.querySelector('.cv-sure').hidden = true;
  row.querySelector('[data-remove]').hidden = false;
  row.querySelector('[data-remove]').focus();
}

element.addEventListener('click', event => {
  const button = event.target.closest('button');
  const row = button && button.closest('tr[data-document]');
  if (!row) return;
  if ('remove' in button.dataset) {
    button.hidden = true;
    row.querySelector('.cv-sure').hidden = false;
    row.querySelector('[data-keep]').focus();
  } else if ('keep' in button.dataset) {
    keep(row);
  } else if ('sure' in button.dataset) {
    removed = [...row.parentElement.children].indexOf(row);
    trigger('delete', {document: row.dataset.document});
  }
});

element.addEventListener('keydown', event => {
  const sure = event.target.closest('.cv-sure');
  if (event.key === 'Escape' && sure) keep(sure.closest('tr'));
});

watch('value', () => {
  const buttons = element.querySelectorAll('[data-remove]');
  if (removed >= 0 && buttons.length) buttons[Math.min(removed, buttons.length - 1)].focus();
  removed = -1;
});
