import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Handlers } from '../../gateway/types.ts';
import { range } from './attribute-values.ts';
import { allAttributes, changedAttributes, type AttributeKinds } from './attributes.ts';
import { notEnacted, operation } from './errors.ts';
import { findListener, type Elbv2, type ListenerRecord } from './state.ts';

type Attributed = Pick<ListenerRecord, 'protocol' | 'attributes'>;

/**
 * Of TCP listeners; UDP's is fixed. Attributes of HTTP listeners are headers, which are not enacted.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
 */
const kindsOf = ({ protocol }: Attributed): AttributeKinds =>
  protocol === 'TCP' || protocol === 'TCP_UDP'
    ? { 'tcp.idle_timeout.seconds': { default: '350', valid: range(60, 6000) } }
    : {};

export const listenerAttribute = (listener: Attributed, key: string): string | undefined =>
  listener.attributes?.[key] ?? kindsOf(listener)[key]?.default;

export function listenerAttributeHandlers(state: Elbv2): Handlers<typeof sdk> {
  return {
    ModifyListenerAttributes: operation(['ListenerArn', 'Attributes'], ({ ListenerArn, Attributes = [] }) => {
      const listener = findListener(state, ListenerArn);
      const header = Attributes.find(({ Key }) => Key?.startsWith('routing.http.'));
      if (header && listener.protocol === undefined) throw notEnacted(`Attribute ${header.Key}`);
      const attributes = changedAttributes(kindsOf(listener), listener.attributes ?? {}, Attributes);
      state.listeners.patch(listener.arn, { attributes });
      return { Attributes: allAttributes(kindsOf(listener), attributes) };
    }),
    DescribeListenerAttributes: operation(['ListenerArn'], ({ ListenerArn }) => {
      const listener = findListener(state, ListenerArn);
      return { Attributes: allAttributes(kindsOf(listener), listener.attributes ?? {}) };
    }),
  };
}
