import { Document, isMap, isScalar, isSeq, Scalar, visit, YAMLMap } from 'yaml';
import type { Template } from '../template/model.ts';

/** Intrinsics with a short form that holds a single text: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const SHORT: Readonly<Record<string, string>> = { Ref: '!Ref', 'Fn::Sub': '!Sub', 'Fn::GetAZs': '!GetAZs' };

/** The template as YAML, with short intrinsics; the same template gives the same bytes. */
export function renderTemplate(template: Template): string {
  const document = new Document(template, {
    aliasDuplicateObjects: false,
    // AWS reads YAML 1.1, where a bare `on` is true and 1:30 a number: such texts get quotes.
    version: '1.1',
  });
  visit(document, {
    Map(_key, node) {
      const [pair, ...others] = node.items;
      if (!pair || others.length > 0 || !isScalar(pair.key)) return undefined;
      const name = String(pair.key.value);
      if (SHORT[name] && isScalar(pair.value)) return tagged(SHORT[name], String(pair.value.value));
      if (name === 'Fn::GetAtt' && isSeq(pair.value))
        return tagged(
          '!GetAtt',
          pair.value.items.map((item) => (isScalar(item) ? item.value : '')).join('.'),
        );
      if (name === 'Fn::Select' && isSeq(pair.value)) {
        // Short forms cannot be nested directly in short forms of other functions on one line; a block sequence can hold them.
        pair.value.tag = '!Select';
        return pair.value;
      }
      return undefined;
    },
  });
  const { contents } = document;
  if (isMap(contents)) separate(contents as YAMLMap);
  return document.toString({ lineWidth: 0, singleQuote: true, directives: false });
}

function tagged(tag: string, value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.tag = tag;
  return scalar;
}

/** An empty line between sections, and between resources. */
function separate(contents: YAMLMap): void {
  for (const [index, section] of contents.items.entries()) {
    if (isScalar(section.key) && index > 1) section.key.spaceBefore = true;
    if (isScalar(section.key) && section.key.value === 'Resources' && isMap(section.value))
      for (const [number, item] of section.value.items.entries())
        if (isScalar(item.key) && number > 0) item.key.spaceBefore = true;
  }
}
