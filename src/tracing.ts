import {
  context,
  INVALID_TRACEID,
  type Link,
  type ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { version } from "./model/version.js";

/**
 * Everything that a span may say, so that no place can say more: words and counts of ours, and ids that we made.
 * Never a health figure, a token, a text of a caller's or an error's message. A user's id is not among it: an app chooses
 * those, and may have chosen addresses of e-mail. A connection's id is random, says nothing outside of the store, and is
 * in the log already.
 */
export interface Facts {
  readonly "http.request.method"?: string;
  readonly "http.route"?: string;
  readonly "http.response.status_code"?: number;
  /** How many times it was sent again. */
  readonly "http.request.resend_count"?: number;
  readonly "server.address"?: string;
  readonly "db.system.name"?: string;
  readonly "db.operation.name"?: string;
  /** Of a row or a lease: what kind it is of. */
  readonly "db.collection.name"?: string;
  readonly "graphql.operation.type"?: string;
  /** A class or code of ours, or of Node's. */
  readonly "error.type"?: string;
  /** As in the log. */
  readonly "pulsegate.request.id"?: string;
  /** What the operation costs its caller. */
  readonly "pulsegate.points"?: number;
  /** How many people are read, and of what. */
  readonly "pulsegate.people"?: number;
  readonly "pulsegate.domains"?: readonly string[];
  readonly "pulsegate.provider"?: string;
  readonly "pulsegate.connection.id"?: string;
  /** The plan: what is wanted and not stored, and the requests that answer it for the least. */
  readonly "pulsegate.plan.fields"?: readonly string[];
  readonly "pulsegate.plan.from"?: string;
  readonly "pulsegate.plan.to"?: string;
  readonly "pulsegate.plan.calls"?: readonly string[];
  readonly "pulsegate.plan.requests"?: number;
  /** The number of some calls' pages can't be known beforehand. */
  readonly "pulsegate.plan.at_least"?: boolean;
  /** The search ran to its end, so that no plan is cheaper. */
  readonly "pulsegate.plan.exact"?: boolean;
  /** Fields of which some days lie further back than any call reaches. */
  readonly "pulsegate.plan.out_of_reach"?: readonly string[];
  readonly "pulsegate.plan.dry_run"?: boolean;
  readonly "pulsegate.call.name"?: string;
  readonly "pulsegate.call.from"?: string;
  readonly "pulsegate.call.to"?: string;
  readonly "pulsegate.call.requests"?: number;
  /** Another operation had asked the same already. */
  readonly "pulsegate.call.shared"?: boolean;
  /** The code of what a provider or we refused it for. */
  readonly "pulsegate.failure"?: string;
  readonly "pulsegate.outcome"?: string;
  readonly "pulsegate.job.kind"?: string;
  readonly "pulsegate.job.attempt"?: number;
  readonly "pulsegate.notices"?: number;
}

/** Says more of the span, once it is known. A span of something that failed has the status of an error. */
export type Tell = (facts: Facts, failed?: boolean) => void;

const tracer = trace.getTracer("pulsegate", version);
const silent: Tell = () => {};

/** Without an SDK every span is one that has no trace: then nothing more is done for it. */
const isTraced = (span: Span) => span.spanContext().traceId !== INVALID_TRACEID;

const tellOf =
  (span: Span): Tell =>
  (facts, failed = false) => {
    if (!span.isRecording()) return;
    span.setAttributes(facts as never);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  };

function failed(span: Span, error: unknown): void {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  // The message may quote what was sent.
  tellOf(span)({ "error.type": String(typeof code === "string" ? code : (name ?? "unknown")) }, true);
}

async function within<T>(span: Span, facts: () => Facts, work: (tell: Tell) => Promise<T>): Promise<T> {
  const tell = tellOf(span);
  if (span.isRecording()) tell(facts());
  try {
    return await work(tell);
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Does the work as a span of the trace that its caller is part of. The operator brings what records spans; where nothing
 * does, the work is all that is done, and `facts` is not called.
 */
export function traced<T>(
  name: string,
  facts: () => Facts,
  work: (tell: Tell) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  const span = tracer.startSpan(name, { kind });
  if (!isTraced(span)) return work(silent);
  return context.with(trace.setSpan(context.active(), span), () => within(span, facts, work));
}

/** As `traced`, for what asks another server. It is part of a trace, or of none: by itself it says nothing. */
export function tracedCall<T>(name: string, facts: () => Facts, work: (tell: Tell) => Promise<T>): Promise<T> {
  if (!trace.getActiveSpan()) return work(silent);
  return traced(name, facts, work, SpanKind.CLIENT);
}

/** As `tracedCall`, for what is read piece by piece: one span for all of it. */
export async function* tracedReading<T>(name: string, facts: () => Facts, pieces: AsyncIterable<T>): AsyncIterable<T> {
  if (!trace.getActiveSpan()) return yield* pieces;
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT });
  tellOf(span)(facts());
  try {
    yield* pieces;
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** As `traced`, for a trace of its own. `cause`: the `traceHere` of what it follows from, which it is linked to. */
export function tracedApart<T>(
  name: string,
  cause: unknown,
  facts: () => Facts,
  work: (tell: Tell) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, root: true, links: linksTo(cause) });
  if (!isTraced(span)) return work(silent);
  return context.with(trace.setSpan(ROOT_CONTEXT, span), () => within(span, facts, work));
}

/**
 * Answers a request that came over HTTP as a span, which ends when `done` is called. It continues the caller's trace where
 * the operator lets it be read, or is part of a span that the operator's own instrumentation has begun.
 */
export function tracedRequest<T>(
  name: string,
  headers: object,
  facts: () => Facts,
  work: (done: (facts: Facts, failed: boolean) => void) => T,
): T {
  const here = context.active();
  const parent = trace.getSpan(here) ? here : propagation.extract(here, headers);
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, parent);
  if (!isTraced(span)) return work(silent);
  const tell = tellOf(span);
  if (span.isRecording()) tell(facts());
  const done = (more: Facts, isFailed: boolean) => {
    tell(more, isFailed);
    span.end();
  };
  return context.with(trace.setSpan(parent, span), work, undefined, done);
}

/** Says more of the span that the caller is in. */
export function tellTrace(facts: () => Facts): void {
  const span = trace.getActiveSpan();
  if (span?.isRecording()) span.setAttributes(facts() as never);
}

/** What begins here serves everybody, and is no part of the trace that happens to begin it. */
export function untraced<T>(work: () => T): T {
  return trace.getActiveSpan() ? context.with(ROOT_CONTEXT, work) : work();
}

/** The span that the caller is in, as a text that can be stored. Undefined where there is none. */
export function traceHere(): string | undefined {
  const span = trace.getActiveSpan();
  if (!span || !isTraced(span)) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** The ids of the span that the caller is in, for the log. */
export function traceIds(): Readonly<Record<string, string>> {
  const span = trace.getActiveSpan();
  if (!span || !isTraced(span)) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** Has the operator's SDK send what it has. Rejects where that does not succeed. */
export async function sendTraces(): Promise<void> {
  const provider = trace.getTracerProvider() as Partial<ProxyTracerProvider>;
  const sdk = provider.getDelegate?.() as { forceFlush?(): Promise<void> } | undefined;
  await sdk?.forceFlush?.();
}

function linksTo(cause: unknown): Link[] {
  if (typeof cause !== "string") return [];
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(cause) ?? [];
  if (!traceId || !spanId) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags!, 16), isRemote: true } }];
}
