import type { LogConfiguration } from '@aws-sdk/client-ecs';
import { StringDecoder } from 'node:string_decoder';
import { ApiError } from '../../../gateway/api-error.ts';
import type { Ecs } from '../state.ts';
import { messageOf, named, TaskFailure } from './failure.ts';

export interface LogSink {
  write(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  /** Writes what has no line end. */
  flush(): void;
}

/** A line longer than an event can carry is cut. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const longest = 256 * 1024 - 26;

/**
 * The awslogs driver: one stream per container, one event per line, with the time at which it was read.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export async function openLogs(
  { region }: Ecs,
  configuration: LogConfiguration | undefined,
  containerName: string,
  taskId: string,
  remember: (lines: readonly string[]) => void,
): Promise<LogSink> {
  if (!configuration) return sinkOf(remember);
  const options = configuration.options ?? {};
  const group = options['awslogs-group'] ?? '';
  const stream = `${options['awslogs-stream-prefix']}/${containerName}/${taskId}`;
  try {
    if (options['awslogs-create-group'] === 'true')
      await region.api.logs.CreateLogGroup({ logGroupName: group }).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.code === 'ResourceAlreadyExistsException')) throw error;
      });
    region.internal.logs.append(group, stream, []);
  } catch (error) {
    const reason = error instanceof ApiError ? named(error.code, error) : messageOf(error);
    throw new TaskFailure(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${reason}`,
    );
  }

  let broken = false;
  function append(lines: readonly string[]): void {
    if (broken || lines.length === 0) return;
    const timestamp = region.clock.now();
    try {
      region.internal.logs.append(
        group,
        stream,
        lines.map((message) => ({ timestamp, message: message.slice(0, longest) })),
      );
    } catch (error) {
      broken = true;
      region.log(`logs of ${stream} are lost from here on: ${messageOf(error)}`);
    }
  }
  return sinkOf((lines) => {
    remember(lines);
    append(lines);
  });
}

function sinkOf(onLines: (lines: readonly string[]) => void): LogSink {
  const readers = { stdout: lineReader(onLines), stderr: lineReader(onLines) };
  return {
    write: (from, chunk) => readers[from].write(chunk),
    flush: () => {
      readers.stdout.flush();
      readers.stderr.flush();
    },
  };
}

/** Splits into lines, over chunks and over characters that a chunk cuts in two. */
export function lineReader(onLines: (lines: readonly string[]) => void): {
  write(chunk: Buffer): void;
  flush(): void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const complete = (lines: readonly string[]) =>
    onLines(lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== ''));
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) {
        lines.push(rest);
        rest = '';
      }
      complete(lines);
    },
    flush() {
      complete([rest + decoder.end()]);
      rest = '';
    },
  };
}
