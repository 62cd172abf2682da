import { posix } from 'node:path';
import type { App, BindMount, Service } from '../../compose/app.ts';
import type { DesignOptions } from '../options.ts';
import { bindFate, relative, volumeName } from '../state/binds.ts';
import { isIn } from '../state/image-folders.ts';
import type { Change, Question } from './model.ts';

/** Folders of this machine that AWS cannot be given: a volume for data, an image for files. */
export function bindQuestions(app: App, service: Service, options: DesignOptions): readonly Question[] {
  const locate = (path: string) =>
    posix.isAbsolute(path) ? path : posix.join(options.directory ?? app.directory, path);
  const context = { locate, options };
  const wrong = service.mounts.flatMap((mount) => {
    if (mount.kind !== 'bind') return [];
    const fate = bindFate(context, service, mount);
    return fate.kind === 'wrong' ? [{ mount, instead: fate.instead }] : [];
  });
  const files = wrong.flatMap(({ mount, instead }) =>
    instead === 'copy' && isIn(mount.source, locate('.').replace(/\/$/, '')) ? [mount] : [],
  );
  const isHere = posix.dirname(posix.normalize(service.position.file)) === posix.normalize(app.directory);
  return [
    ...wrong.flatMap(({ mount, instead }) =>
      instead === 'volume' ? [dataQuestion(app, service, mount, relative(context, mount.source))] : [],
    ),
    ...(files.length > 0 && service.image && !service.build && isHere
      ? [
          imageQuestion(
            service,
            files.map(({ source, target }) => [relative(context, source), target]),
          ),
        ]
      : []),
  ];
}

function dataQuestion(app: App, service: Service, mount: BindMount, source: string): Question {
  const { target, readonly, position } = mount;
  const wanted = volumeName(service.name, target);
  const taken = (name: string) => app.volumes.some((volume) => volume.name === name);
  const volume = taken(wanted) ? `${wanted}-2` : wanted;
  const changes = (state: string): readonly Change[] => [
    { kind: 'mount', file: position.file, at: position, volume, target, readonly },
    {
      kind: 'line',
      file: app.files[0] ?? position.file,
      path: ['volumes', volume, 'x-aws'],
      key: 'state',
      value: state,
      list: false,
    },
  ];
  return {
    text: `What does ${service.name} keep at ${target}? It mounts ${source}, and no files are there.`,
    choices: [
      {
        label: `data that lasts: the volume ${volume}, on EFS`,
        ifWrong: `what comes to be in ${source} is not seen, here or on AWS`,
        changes: changes('efs'),
      },
      {
        label: `what may be lost: the volume ${volume}, as long as its task lives`,
        ifWrong: 'its content is lost with each deployment',
        changes: changes('ephemeral'),
      },
    ],
    preferred: 0,
  };
}

/** An image of its own, which has the files: they are mounted here all the same, so that edits are seen at once. */
function imageQuestion(
  service: Service,
  files: readonly (readonly [source: string, target: string])[],
): Question {
  const { name, image, workingDirectory, position } = service;
  const lines = [
    `FROM ${image!.value}`,
    ...(workingDirectory ? [`WORKDIR ${workingDirectory.value}`] : []),
    ...files.map((words) =>
      words.some((word) => /\s/.test(word)) ? `COPY ${JSON.stringify(words)}` : `COPY ${words.join(' ')}`,
    ),
  ];
  return {
    text: `How does ${name} get ${files.map(([source]) => source).join(' and ')} on AWS? It is too much to deliver as configuration.`,
    choices: [
      {
        label: `in an image of its own, built on ${image!.value}`,
        ifWrong: 'the image has files that nobody reads',
        changes: [
          {
            kind: 'pair',
            file: position.file,
            path: ['services', name],
            key: 'image',
            by: 'build',
            value: { context: '.', dockerfile_inline: `${lines.join('\n')}\n` },
          },
        ],
      },
    ],
    preferred: 0,
  };
}
