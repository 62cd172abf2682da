import type { Setting, SettingName } from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, notEnacted } from './errors.ts';
import type { Ecs, Sdk } from './state.ts';

/** What this region does, in the words of the account settings. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
const inForce: Readonly<Partial<Record<SettingName, string>>> = {
  serviceLongArnFormat: 'enabled',
  taskLongArnFormat: 'enabled',
  containerInstanceLongArnFormat: 'enabled',
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  tagResourceAuthorization: 'off',
  defaultLogDriverMode: 'non-blocking',
};

export function settingHandlers({ region, tables }: Ecs): Handlers<Sdk> {
  const { partition, accountId } = region.identity;
  const principalArn = `arn:${partition}:iam::${accountId}:root`;
  const put = (name: SettingName | undefined, value: string | undefined): { setting: Setting } => {
    if (!name || !value) throw invalidParameter('name and value are required.');
    if (inForce[name] !== value) throw notEnacted(`account setting ${name} ${value}`);
    tables.settings.put(name, { value });
    return { setting: { name, value, principalArn } };
  };
  return {
    ListAccountSettings({ name, value, effectiveSettings }) {
      const shown = effectiveSettings
        ? Object.entries(inForce)
        : [...tables.settings.keys()].map((key) => [key, tables.settings.get(key)?.value] as const);
      return {
        settings: shown
          .filter((entry) => (!name || entry[0] === name) && (!value || entry[1] === value))
          .map((entry) => ({ name: entry[0] as SettingName, value: entry[1], principalArn })),
      };
    },
    PutAccountSetting: ({ name, value }) => put(name, value),
    PutAccountSettingDefault: ({ name, value }) => put(name, value),
  };
}
