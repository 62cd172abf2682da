import { growingFile } from './growing-file.ts';
import { packLayer } from './pack.ts';
import { type LayerJob, type LayerOrder, type LayerReport, reasonOf } from './protocol.ts';
import { unpackLayer } from './unpack.ts';

/** Packs or unpacks one layer inside netd's namespaces, where the ids of images exist. Ends with the region. */
process.umask(0);
process.on('disconnect', () => process.exit(1));

function work(job: LayerJob): LayerReport | Promise<LayerReport> {
  if (job.kind === 'pack') return { type: 'packed', result: packLayer(job.directory, job.archive) };
  const archive = growingFile(job.archive, job.whole);
  process.on('message', (message) => archive.take(message as LayerOrder));
  return unpackLayer(archive.content(), job.directory, { owners: job.owners }).then((result) => ({
    type: 'unpacked',
    result,
  }));
}

function failure(error: unknown): LayerReport {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', reason: reasonOf(error), message };
}

const report = await Promise.resolve()
  .then(() => work(JSON.parse(process.argv[2] ?? '') as LayerJob))
  .catch(failure);
process.send?.(report, () => process.exit(0));
