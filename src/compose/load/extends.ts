import { posix } from 'node:path';
import { nearest } from '../../common/nearest.ts';
import type { Position } from '../../common/problem.ts';
import type { Lookup } from '../interpolate.ts';
import { checkKeys } from '../keys/check.ts';
import { SERVICE } from '../keys/service.ts';
import { dig, isNull, type MapTree, type Tree } from '../tree.ts';
import { canonicalService } from './canonical.ts';
import { eachService } from './each-service.ts';
import type { Loading } from './loading.ts';
import { mergeServices } from './merge.ts';
import { rebaseService } from './rebase.ts';
import { fill } from './variables.ts';

/** Services in a row; nobody extends more than five. */
const MOST_STEPS = 50;

/** Where a service that another one extends is looked for. */
interface Place {
  readonly file: string;
  /** Services of the file, read to here; of another file's they are read when they are asked for. */
  readonly services: (name: string) => Tree | undefined;
  readonly names: readonly string[];
}
interface Step {
  readonly file: string;
  readonly service: string;
  readonly position: Position;
}

/**
 * Lays each service over the one that it extends: https://docs.docker.com/reference/compose-file/services/#extends
 * @param below the files before this one, whose services may be extended too
 */
export function extendServices(
  project: MapTree,
  file: string,
  lookup: Lookup,
  loading: Loading,
  below: MapTree | undefined,
): MapTree {
  const here: Place = {
    file,
    services: (name) => dig(project, 'services', name) ?? dig(below, 'services', name),
    names: [...namesOf(dig(project, 'services')), ...namesOf(dig(below, 'services'))],
  };
  return eachService(project, (service, name) => extended(service, name, here, [], name));

  /** @param user the service of the project that all this is for */
  function extended(service: Tree, name: string, place: Place, chain: readonly Step[], user: string): Tree {
    const written = service.kind === 'map' ? service.entries.get('extends') : undefined;
    if (service.kind !== 'map' || !written || isNull(written.value)) return service;
    const { problems } = loading.ofService(user);
    const { position } = written.value;
    const alone = { ...service, entries: new Map([['extends', written]]) };
    checkKeys(alone, SERVICE, loading.ofService(user), ['services', name]);
    const steps = [...chain, { file: place.file, service: name, position }];
    const rest = { ...service, entries: new Map([...service.entries].filter(([key]) => key !== 'extends')) };
    const base = textOf(dig(written.value, 'service') ?? written.value);
    const other = textOf(dig(written.value, 'file'));
    if (!base) {
      const message = `services.${name}.extends names no service`;
      problems.push({ code: 'compose-extends', message, position, fix: 'write `extends: {service: NAME}`' });
      return rest;
    }
    const from = other ? otherFile(other, place.file, position, user) : place;
    if (!from) return rest;
    const circle = steps.find(
      (step) => loading.resolve(step.file) === loading.resolve(from.file) && step.service === base,
    );
    if (circle ?? steps.length > MOST_STEPS) {
      problems.push(circle ? inACircle(steps, base) : tooMany(position));
      return rest;
    }
    const found = from.services(base);
    if (!found) {
      const near = nearest(base, from.names);
      problems.push({
        code: 'compose-extends',
        message: `services.${name} extends ${base}, and ${from.file} has no such service`,
        position,
        fix: near
          ? `write ${near}`
          : from.names.length
            ? `its services are ${from.names.join(', ')}`
            : 'correct the file',
      });
      return rest;
    }
    return mergeServices(extended(found, base, from, steps, user), rest);
  }

  function otherFile(written: string, from: string, position: Position, user: string): Place | undefined {
    const path = posix.isAbsolute(written) ? written : posix.join(posix.dirname(from), written);
    const { problems } = loading.ofService(user);
    const content = loading.readFile(path);
    if (content === undefined) {
      problems.push({
        code: 'compose-extends',
        message: `the file ${path} that services.${user} extends does not exist`,
        position,
        fix: 'create it, or correct `extends.file`',
      });
      return undefined;
    }
    if (!loading.another(position)) return undefined;
    const tree = loading.yaml(path, content);
    if (tree?.kind !== 'map' && !loading.isBroken(path))
      problems.push({
        code: 'compose-extends',
        message: `the file ${path} that services.${user} extends is no mapping`,
        position,
        fix: 'write `services:` and a service below it',
      });
    loading.lookups.set(path, lookup);
    return {
      file: path,
      names: namesOf(dig(tree, 'services')),
      services(name) {
        const service = dig(tree, 'services', name);
        if (service === undefined) return undefined;
        const filled = fill(service, lookup, problems);
        return rebaseService(canonicalService(filled), posix.dirname(path), loading);
      },
    };
  }
}

function inACircle(steps: readonly Step[], back: string) {
  const [first, last] = [steps[0], steps.at(-1)];
  const names = [...steps.map(({ service }) => service), back].join(' → ');
  const at = (step: Step | undefined) => (step ? `${step.position.file}:${step.position.line}` : '');
  return {
    code: 'compose-extends',
    message: `extends goes in a circle: ${names} (${[...new Set(steps.map(at))].join(', ')})`,
    position: (last ?? first)!.position,
    fix: 'remove one of these',
  };
}

const tooMany = (position: Position) => ({
  code: 'compose-extends',
  message: `extends leads through more than ${MOST_STEPS} services`,
  position,
  fix: 'extend one that has what is wanted',
});

const textOf = (tree: Tree | undefined) => (tree?.kind === 'scalar' ? tree.text : undefined);
const namesOf = (tree: Tree | undefined) => (tree?.kind === 'map' ? [...tree.entries.keys()] : []);
