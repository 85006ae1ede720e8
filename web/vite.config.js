import { defineConfig } from "vite";

const names = { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" };

/** The page, into the Python package; `scripts/place.js` does the rest. Names without digests, for readable changes. */
export default defineConfig({
  base: "./",
  build: {
    outDir: process.env.FER_KERAS_OUT ?? "../fer_keras/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    rollupOptions: { output: names },
    target: "es2022",
  },
  worker: { format: "iife", rollupOptions: { output: names } },
});
