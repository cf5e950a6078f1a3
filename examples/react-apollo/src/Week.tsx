import { useQuery, useSubscription } from "@apollo/client/react";
import { WeekDocument, type WeekOfStepsFragment, WeekUpdatedDocument } from "./generated";

type Day = NonNullable<WeekOfStepsFragment["days"]>[number];

/** A null has its reason, and a 0 of a day in the drawer is no figure. */
function figureOf({ steps, worn, missing }: Day): string {
  if (worn === false) return "not worn";
  return steps?.toLocaleString() ?? missing[0]?.reason.toLowerCase() ?? "unknown";
}

export function Week() {
  const { data, error, loading } = useQuery(WeekDocument);
  // Events go into the cache, from which the query above reads.
  useSubscription(WeekUpdatedDocument);

  if (loading) return <p>Loading…</p>;
  if (error) return <p role="alert">{error.message}</p>;
  const activity = data?.viewer?.activity;
  if (!activity) return <p>Nobody is signed in.</p>;
  return (
    <main>
      <h1>A week of steps</h1>
      <table>
        <tbody>
          {(activity.days ?? []).map((day) => (
            <tr key={day.id}>
              <th scope="row">{day.date}</th>
              <td>{figureOf(day)}</td>
              <td>{day.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {activity.sources
        .filter(({ status }) => status !== "OK")
        .map(({ provider, message }) => (
          <p key={provider}>
            {provider}: {message}
          </p>
        ))}
    </main>
  );
}
