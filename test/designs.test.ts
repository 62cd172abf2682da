import { expect, test } from 'vitest';
import { design } from '../src/architect/design.ts';
import { renderTemplate } from '../src/architect/synth.ts';
import { GOLDENS } from '../src/architect/testing/goldens.ts';
import { appOf } from '../src/architect/testing/systems.ts';
import { createWorld } from '../src/region/services/cloudformation/testing/world.ts';

const DIGEST = `image@sha256:${'0'.repeat(64)}`;

test.each(Object.entries(GOLDENS))(
  'the design %s becomes a stack of this machine, and goes',
  async (_name, { files, options }) => {
    const { overlay: _overlay, ...app } = appOf(files);
    const { template, parameters, secrets } = design(app, { ...options, target: 'local' });
    const world = createWorld();
    const empty = world.census();
    try {
      const { api, settled } = await world.open();
      await api.CreateStack({
        StackName: 'golden',
        TemplateBody: renderTemplate(template),
        Capabilities: ['CAPABILITY_IAM'],
        Parameters: [
          ...parameters
            .filter(({ kind }) => kind === 'image')
            .map(({ name }) => ({ ParameterKey: name, ParameterValue: DIGEST })),
          ...secrets.map(({ parameter }) => ({ ParameterKey: parameter, ParameterValue: 'value' })),
        ],
      });
      const status = await settled('golden');
      const { StackEvents = [] } = await api.DescribeStackEvents({ StackName: 'golden' });
      const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'));
      expect(failed.map(({ ResourceStatusReason }) => ResourceStatusReason)).toEqual([]);
      expect(status).toBe('CREATE_COMPLETE');
      await api.DeleteStack({ StackName: 'golden' });
      expect(await settled('golden')).toBe('DELETE_COMPLETE');
      const kept = Object.keys(world.census()).filter((table) => !(table in empty));
      // File systems are retained, and what scaling has done can be read for weeks.
      expect(kept.filter((table) => !/^(efs\/|applicationautoscaling\/activities)/.test(table))).toEqual([]);
    } finally {
      await world.close();
    }
  },
  60_000,
);
