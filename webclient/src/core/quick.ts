/** The reactions that are one click away until one has favourites of one's own. */
export const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
