// Which stacks a template needs before it, and what its parameters are given.
import { dirname } from 'node:path';
import { meaningOf, networkTemplate } from './network.mjs';
import { imagesOf, typesOf } from './read.mjs';

/** Images of this machine's own making, by their official names. */
const LOCAL =
  /^(docker\.io\/library\/|public\.ecr\.aws\/docker\/library\/)?(nginx|busybox|alpine|httpd|redis|node|python|debian|ubuntu)(:[\w.-]+)?$/;
const NETWORK = 'prepared';
/** Beside an nginx of its own in the same task, something that leaves port 80 free. */
const IMAGES = { AppImageUrl: 'redis' };
/** Values that need nothing more of the region than the defaults do: load balancers on the internet have IPv6 there. */
const INSTEAD = { LoadBalancerScheme: 'internal' };

export function planner(templates) {
  const repository = (path) => path.split('/')[0];
  const near = (path, other) => {
    const [a, b] = [path.split('/'), other.split('/')];
    let shared = 0;
    while (shared < a.length && a[shared] === b[shared]) shared++;
    return shared;
  };
  const nearest = (path, candidates) =>
    [...candidates].sort(
      (a, b) => near(path, b.path) - near(path, a.path) || a.exports.length - b.exports.length,
    )[0];

  /** Optional parents stay away: the parameter that names them is empty by default. */
  function importsOf(template) {
    const bySource = new Map();
    for (const { of, suffix } of template.imports) {
      const declared = template.template.Parameters?.[of];
      if (!declared || declared.Default === '') continue;
      bySource.set(of, new Set([...(bySource.get(of) ?? []), suffix]));
    }
    return bySource;
  }

  /** One parent serves all templates of a repository that name it alike and leave its name open. */
  function everyImport(template, parameter) {
    if (template.template.Parameters[parameter].Default !== undefined)
      return [...importsOf(template).get(parameter)];
    return [
      ...new Set(
        templates
          .filter(({ path }) => repository(path) === repository(template.path))
          .flatMap(({ imports }) => imports.filter(({ of }) => of === parameter).map(({ suffix }) => suffix)),
      ),
    ];
  }

  function importSteps(template, seen, steps) {
    const stacks = {};
    for (const [parameter, suffixes] of importsOf(template)) {
      const stack = template.template.Parameters[parameter].Default ?? `parent-${parameter.toLowerCase()}`;
      stacks[parameter] = stack;
      if (seen.has(stack)) continue;
      seen.add(stack);
      const all = everyImport(template, parameter);
      const giving = (names) =>
        nearest(
          template.path,
          templates.filter(
            (other) =>
              other !== template &&
              repository(other.path) === repository(template.path) &&
              other.path.endsWith('.json') === template.path.endsWith('.json') &&
              names.every((suffix) => other.exports.includes(suffix)),
          ),
        );
      const provider = giving(all) ?? giving([...suffixes]);
      const otherwise = { stack, names: [...new Set([...suffixes, ...all])] };
      if (provider) steps.push(stepOf(provider, stack, seen, steps, otherwise));
      else steps.push({ otherwise });
    }
    return stacks;
  }

  function stepOf(template, stack, seen, steps, otherwise) {
    const stacks = importSteps(template, seen, steps);
    return {
      stack,
      path: template.path,
      ...localImages(template, (given) => parametersOf(template, stacks, given).values),
      gives: (outputs) => outputs,
      otherwise,
    };
  }

  return (template) => {
    const before = [];
    const seen = new Set();
    const stacks = importSteps(template, seen, before);
    // Siblings that give, as an output, what a parameter is named after.
    const wanted = neededBy(template);
    const siblings = templates.filter(
      (other) => other !== template && dirname(other.path) === dirname(template.path),
    );
    const chosen = [];
    const choose = (names, path) => {
      for (const name of names) {
        const provider = siblings.find(
          (other) =>
            other.path !== path &&
            outputFor(other.template, name) !== undefined &&
            other.path.endsWith('.json') === template.path.endsWith('.json') &&
            ![...typesOf(other)].includes('AWS::Serverless::Application'),
        );
        if (!provider || provider === template || chosen.includes(provider)) continue;
        choose(neededBy(provider), provider.path);
        chosen.push(provider);
      }
    };
    choose(wanted, template.path);
    // What no sibling gives is of the prepared network, and so is all of a sibling that fails.
    const all = [template, ...chosen].flatMap(neededBy);
    const unmet = all.filter(
      (name) => !chosen.some((other) => outputFor(other.template, name) !== undefined),
    );
    if (chosen.length > 0 || unmet.some(meaningOf)) before.push(prepared());
    for (const [index, provider] of chosen.entries())
      before.push({ ...stepOf(provider, `beside-${index}`, seen, before), otherwise: undefined });
    return {
      before,
      last: {
        stack: 'tried',
        ...localImages(template, (given) => parametersOf(template, stacks, given).values),
      },
    };
  };
}

/** The template, and what gives its parameters, with images of this machine instead of those that it does not have. */
function localImages(template, parameters) {
  const images = imagesOf(template).flatMap(({ parameter, text }) =>
    text === '' || (typeof text === 'string' && LOCAL.test(text))
      ? []
      : [{ parameter, from: text ?? '–', to: IMAGES[parameter] ?? 'nginx' }],
  );
  const named = images.filter(({ parameter }) => parameter !== undefined);
  return {
    images,
    body: images
      .filter(({ parameter }) => parameter === undefined)
      .reduce((body, { from, to }) => body.replaceAll(from, to), template.text),
    parameters: (given) => ({
      ...parameters(given),
      ...Object.fromEntries(named.map(({ parameter, to }) => [parameter, to])),
      // nginx listens there, whatever the image did that it stands for.
      ...(images.length > 0 && template.template.Parameters?.ContainerPort ? { ContainerPort: '80' } : {}),
    }),
  };
}

function prepared() {
  return {
    stack: NETWORK,
    body: networkTemplate(),
    parameters: () => ({}),
    gives: (outputs) =>
      Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`${NETWORK}/${name}`, value])),
  };
}

/** The output that a parameter is named after: `ServiceSecurityGroup` also for `NameServiceSecurityGroup`. */
function outputFor({ Outputs: outputs = {} }, name) {
  if (Object.hasOwn(outputs, name)) return name;
  return Object.keys(outputs).find((output) => output.length > 15 && name.endsWith(output));
}

function neededBy({ template }) {
  return Object.entries(template.Parameters ?? {})
    .filter(([, { Default }]) => Default === undefined)
    .map(([name]) => name);
}

/** Defaults stay; the others are given by a sibling, the network, or are a dummy of their type. */
function parametersOf(template, stacks, given) {
  const values = {};
  for (const [name, declared] of Object.entries(template.template.Parameters ?? {})) {
    if (stacks[name] !== undefined) {
      values[name] = stacks[name];
      continue;
    }
    if (INSTEAD[name] !== undefined && declared.AllowedValues?.includes(INSTEAD[name]))
      values[name] = INSTEAD[name];
    if (declared.Default !== undefined) continue;
    values[name] =
      given[outputFor({ Outputs: given }, name)] ??
      given[`${NETWORK}/${meaningOf(name)}`] ??
      dummyOf(name, declared);
    if (!String(declared.Type).startsWith('List<')) values[name] = oneOf(values[name], declared);
  }
  return { values };
}

const oneOf = (value, { Type: type }) =>
  type === 'AWS::EC2::Subnet::Id' ? String(value).split(',')[0] : String(value);

function dummyOf(name, { Type: type, AllowedValues: allowed, MinValue: least = 1, MinLength: length = 1 }) {
  if (allowed?.length > 0) return String(allowed[0]);
  if (type === 'Number') return String(least);
  if (/image/i.test(name)) return 'nginx';
  return 'dummy'.padEnd(length, 'x');
}
