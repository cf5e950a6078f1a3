/** What the explorers open with: answers at once in the sandbox, and shows what is peculiar about this API. */
export const FIRST_QUERY = `# Your last week. Every number says where it came from, every missing one why.
# Add {"plan": "report"} to the request's extensions to see what it cost, or "dry-run" to see it beforehand.
query FirstQuery {
  viewer {
    connections {
      provider { id name status }
      status
    }
    activity(range: { lastDays: 7 }) {
      days {
        date
        source
        steps
        distance(unit: KILOMETER)
        missing { field reason }
      }
      totals { days steps distance(unit: KILOMETER) }
      sources { provider status message }
    }
    heart(range: { lastDays: 1 }) {
      days { date source restingRate }
    }
  }
}
`;
