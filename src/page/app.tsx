export function App() {
  return (
    <main>
      <h1>Pulsegate</h1>
    </main>
  );
}
