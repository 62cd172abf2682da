import { collect, type DescribeAnswers } from '../answers.ts';
import { parseCidr } from '../cidr.ts';
import type { NotModelled, PrefixList } from '../model.ts';

/** A list that is known by name only (a customer's own) has blocks that no Describe* call tells: it is left out. */
export function prefixListsFrom(answers: DescribeAnswers, left: NotModelled[]): readonly PrefixList[] {
  const lists = collect(answers.DescribePrefixLists, 'PrefixLists').map((list) => {
    const id = list.PrefixListId ?? '';
    const all = list.Cidrs ?? [];
    const cidrs = all.filter((cidr) => parseCidr(cidr));
    if (cidrs.length < all.length) left.push({ id, what: `${all.length - cidrs.length} IPv6 blocks` });
    return { id, name: list.PrefixListName ?? '', cidrs };
  });
  const known = new Set(lists.map(({ id }) => id));
  for (const { PrefixListId: id = '', PrefixListName } of collect(
    answers.DescribeManagedPrefixLists,
    'PrefixLists',
  ))
    if (!known.has(id)) left.push({ id, what: `blocks of prefix list ${PrefixListName}` });
  return lists;
}
