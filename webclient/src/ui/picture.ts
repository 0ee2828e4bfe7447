/** What a picture is like before it is sent: so that its place is kept while it loads at the others. */

export async function measured(file: Blob): Promise<{ width: number | null; height: number | null }> {
  const unknown = { width: null, height: null };
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return unknown;
  try {
    const picture = await createImageBitmap(file);
    const size = { width: picture.width, height: picture.height };
    picture.close();
    return size;
  } catch {
    return unknown;
  }
}
