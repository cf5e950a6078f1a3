import { defineConfig } from "vite";

// The address that the gateway's CORS_ORIGINS names.
export default defineConfig({ server: { host: "127.0.0.1", port: 5173, strictPort: true } });
