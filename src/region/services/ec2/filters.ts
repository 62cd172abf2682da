import type { Filter } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';

/** What a filter looks at: the documented name, and the values that an item has under it. */
export type FilterNames<D> = Readonly<Record<string, (item: D) => Value | readonly Value[]>>;
type Value = string | number | boolean | undefined;

type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };
/** A network interface alone names them TagSet. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html */
interface WithTags {
  readonly Tags?: readonly Tag[] | undefined;
  readonly TagSet?: readonly Tag[] | undefined;
}
const tagsOf = ({ Tags, TagSet }: WithTags): readonly Tag[] => Tags ?? TagSet ?? [];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (FilterLimitExceeded) */
const MOST_FILTERS = 50;
const MOST_VALUES = 200;

/**
 * Values of one filter are alternatives, filters all have to hold; both are case-sensitive.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function filterBy<D extends WithTags>(
  names: FilterNames<D>,
  filters: readonly Filter[] = [],
): (item: D) => boolean {
  if (filters.length > MOST_FILTERS)
    throw new ApiError('FilterLimitExceeded', `The maximum number of filters is ${MOST_FILTERS}`);
  const conditions = filters.map(({ Name: name = '', Values: values = [] }) => {
    if (values.length > MOST_VALUES)
      throw new ApiError('FilterLimitExceeded', `The maximum number of filter values is ${MOST_VALUES}`);
    const valuesOf = reader(names, name);
    if (values.length === 0)
      throw new ApiError('InvalidParameterValue', `The filter '${name}' has no values`);
    const matches = anyOf(values);
    return (item: D) => valuesOf(item).some((value) => value !== undefined && matches(String(value)));
  });
  return (item) => conditions.every((holds) => holds(item));
}

/** `tag:KEY` looks at one tag's value, `tag-key` at the keys. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
function reader<D extends WithTags>(names: FilterNames<D>, name: string): (item: D) => readonly Value[] {
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item) => tagsOf(item).flatMap((tag) => (tag.Key === key ? [tag.Value] : []));
  }
  if (name === 'tag-key') return (item) => tagsOf(item).map(({ Key }) => Key);
  if (name === 'tag-value') return (item) => tagsOf(item).map(({ Value }) => Value);
  const read = Object.hasOwn(names, name) ? names[name] : undefined;
  if (!read) throw new ApiError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (item) => {
    const values = read(item);
    return isList(values) ? values : [values];
  };
}
const isList = (values: Value | readonly Value[]): values is readonly Value[] => Array.isArray(values);

function anyOf(values: readonly string[]): (value: string) => boolean {
  const exact = new Set(values.filter((value) => !/[*?\\]/.test(value)));
  const patterns = values.filter((value) => !exact.has(value)).map(pattern);
  return (value) => exact.has(value) || patterns.some((each) => each.test(value));
}

/** `*` is any run, `?` one character, a backslash takes the next literally. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
function pattern(value: string): RegExp {
  const source = value.replaceAll(/\\(.)|([*?])|([^*?\\]+|\\)/gs, (_all, escaped, wild, plain) => {
    if (wild) return wild === '*' ? '.*' : '.';
    return String(escaped ?? plain).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}
