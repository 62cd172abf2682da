import type { Question } from 'dns-packet';
import type { ForwardedAnswer, RouterReport } from './protocol.ts';

export interface Forwarder {
  forward(question: Question): Promise<ForwardedAnswer>;
  answered(id: number, answer: ForwardedAnswer): void;
}

/** Questions on their way to the host's resolver; the same question under way twice is asked once. */
export function createForwarder(report: (message: RouterReport) => void): Forwarder {
  const waiting = new Map<number, (answer: ForwardedAnswer) => void>();
  const asked = new Map<string, Promise<ForwardedAnswer>>();
  let sequence = 0;
  return {
    forward(question) {
      const key = `${question.type} ${question.name.toLowerCase()}`;
      const same = asked.get(key);
      if (same) return same;
      const id = sequence++;
      const answer = new Promise<ForwardedAnswer>((resolve) => void waiting.set(id, resolve)).finally(() =>
        asked.delete(key),
      );
      asked.set(key, answer);
      report({ type: 'forward', id, question: { name: question.name, type: question.type } });
      return answer;
    },
    answered(id, answer) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
  };
}
