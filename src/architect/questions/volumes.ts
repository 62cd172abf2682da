import { type NamedVolume, type Service, STATES, type State, volumeMounts } from '../../compose/app.ts';
import { knownImage } from '../known-images.ts';
import type { Choice, Question } from './model.ts';

const MEANING: Readonly<Record<State, readonly [label: string, ifWrong: string]>> = {
  efs: [
    'files that last, shared by all tasks (EFS)',
    'slow for a busy database; some 0.30 USD per GiB and month',
  ],
  ebs: ['a fast disk for each task, empty at each start (EBS)', 'its content is lost with each deployment'],
  managed: [
    'the data moves to a managed service, which replaces the container',
    'fairway deploy stops until the service is set up',
  ],
  ephemeral: ['it may be lost: a cache, scratch space', 'its content is lost with each deployment'],
};

const CACHE_IMAGE = /(^|\/)(redis|redismod|valkey|memcached|zookeeper)(:|@|$)/;

/** What a build or a package manager makes anew. */
const MADE_ANEW =
  /(^|[/_.-])(cache|caches|tmp|temp|node_modules|notused|target|\.m2|\.npm|\.gradle|\.cargo|\.venv)$/i;

const holdsCache = (volume: NamedVolume, user: Service): boolean =>
  MADE_ANEW.test(volume.name) ||
  volumeMounts(user).some((mount) => mount.volume === volume.name && MADE_ANEW.test(mount.target));

export function volumeQuestion(volume: NamedVolume, user: Service): Question {
  const reference = user.image?.value ?? user.build?.baseImage;
  const cache = CACHE_IMAGE.test(reference ?? '') || holdsCache(volume, user);
  const what = knownImage(reference)?.store ? `the data store ${user.name}` : user.name;
  return {
    text: `What becomes of the volume ${volume.name} of ${what} on AWS?`,
    choices: STATES.map((state): Choice => ({
      label: `${state}: ${MEANING[state][0]}`,
      ifWrong: MEANING[state][1],
      changes: [
        {
          kind: 'line',
          file: volume.position.file,
          path: ['volumes', volume.name, 'x-aws'],
          key: 'state',
          value: state,
          list: false,
        },
      ],
    })),
    preferred: STATES.indexOf(cache ? 'ephemeral' : 'efs'),
  };
}
