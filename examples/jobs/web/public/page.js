const element = (id) => document.getElementById(id);
const list = element('jobs');
const message = element('message');

element('new').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/api/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: element('text').value }),
  }).catch(() => undefined);
  const body = await answer?.json().catch(() => undefined);
  message.textContent = answer?.ok ? `sent as job ${body.id}` : (body?.error ?? 'the API cannot be reached');
  await refresh();
});

function row(job) {
  const item = document.createElement('li');
  item.dataset.id = job.id;
  item.dataset.state = job.state;
  const head = document.createElement('div');
  head.className = 'head';
  head.append(span('id', `#${job.id}`), span('text', job.text), span('state', job.state));
  const bar = document.createElement('progress');
  bar.max = 100;
  bar.value = job.state === 'completed' ? 100 : Number(job.progress) || 0;
  item.append(head, bar);
  if (job.result) item.append(numbers(job.result));
  if (job.error && job.state === 'failed') item.append(span('error', job.error));
  return item;
}

function numbers(result) {
  const line = document.createElement('dl');
  const add = (term, value) => {
    const group = document.createElement('div');
    const dt = document.createElement('dt');
    const dd = document.createElement('dd');
    dt.textContent = term;
    dd.textContent = value;
    group.append(dt, dd);
    line.append(group);
  };
  add('characters', result.characters);
  add('words', result.words);
  add('distinct', result.distinct);
  add('sentences', result.sentences);
  add('longest', result.longest);
  add('most frequent', result.frequent.map(({ word, count }) => `${word} ×${count}`).join(', '));
  add('worker', result.worker);
  return line;
}

function span(name, text) {
  const node = document.createElement('span');
  node.className = name;
  node.textContent = text;
  return node;
}

async function refresh() {
  const answer = await fetch('/api/jobs').catch(() => undefined);
  if (!answer?.ok) return;
  const { jobs, served } = await answer.json();
  element('served').textContent = served;
  list.replaceChildren(...jobs.map(row));
}

await refresh();
setInterval(refresh, 400);
