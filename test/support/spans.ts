import { context, propagation, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";

/** What an operator's SDK is told, kept in memory. One for each test file: OpenTelemetry knows one provider for a process. */
export interface Recorded {
  /** Those that have ended, in the order of their beginnings. */
  readonly spans: readonly ReadableSpan[];
  /** The tree of each trace, as names: what began below what, in order. */
  trees(): readonly Tree[];
  forget(): void;
  close(): Promise<void>;
}

export type Tree = string | readonly [string, ...Tree[]];

export function recordSpans(): Recorded {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  const spans = () => [...exporter.getFinishedSpans()].sort((a, b) => startOf(a) - startOf(b));
  return {
    get spans() {
      return spans();
    },
    trees: () => {
      const all = spans();
      const ids = new Set(all.map(idOf));
      const treeOf = (span: ReadableSpan): Tree => {
        const below = all.filter((other) => parentOf(other) === idOf(span)).map(treeOf);
        return below.length === 0 ? span.name : [span.name, ...below];
      };
      return all.filter((span) => !ids.has(parentOf(span) ?? "")).map(treeOf);
    },
    forget: () => exporter.reset(),
    close: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

const startOf = ({ startTime: [seconds, nanos] }: ReadableSpan) => seconds * 1e3 + nanos / 1e6;
const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;
