#include "common/webhook/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace crm::webhook {
namespace {

struct Parts {
  std::string scheme;
  std::string host;  // as libcurl will call it: an address in odd digits is a usual one
};

// As libcurl understands the URL, since it is libcurl that will be given it.
std::optional<Parts> PartsOf(absl::string_view url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  const std::string text(url);
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(),
                                        CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return std::nullopt;
  }
  const auto part = [&parsed](CURLUPart which) -> std::optional<std::string> {
    char* found = nullptr;
    if (curl_url_get(parsed.get(), which, &found, 0) != CURLUE_OK) return std::nullopt;
    const std::unique_ptr<char, decltype(&curl_free)> owned(found, &curl_free);
    return std::string(found);
  };
  for (const CURLUPart unwanted : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (part(unwanted).has_value()) return std::nullopt;
  }
  const auto scheme = part(CURLUPART_SCHEME);
  const auto host = part(CURLUPART_HOST);
  if (!scheme.has_value() || !host.has_value() || host->empty()) return std::nullopt;
  return Parts{*scheme, *host};
}

}  // namespace

std::optional<std::string> WrongUrl(absl::string_view url) {
  if (url.size() > kUrlLimit) return absl::StrCat("must have at most ", kUrlLimit, " bytes");
  const bool plain = std::all_of(url.begin(), url.end(), [](unsigned char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '<' && c != '>' && c != '\\' && c != '`';
  });
  const std::optional<Parts> parts = plain ? PartsOf(url) : std::nullopt;
  if (parts.has_value() && (parts->scheme == "https" || parts->scheme == "http")) {
    return std::nullopt;
  }
  return "must be https://host[:port]/path in ASCII, without user, password and fragment";
}

std::optional<std::string> RefusedUrl(absl::string_view url, const UrlPolicy& policy) {
  const std::optional<Parts> parts = PartsOf(url);
  if (!parts.has_value()) return WrongUrl(url);
  if (parts->scheme != "https" && !policy.allow_http) return "must begin with https://";
  absl::string_view host = parts->host;
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  const std::optional<Address> address = Address::Parse(host);
  const bool local = host == "localhost" && !policy.addresses.Allow(*Address::Parse("127.0.0.1"));
  if (!local && (!address.has_value() || policy.addresses.Allow(*address))) return std::nullopt;
  return "must not be at a private, loopback, link-local or other reserved address";
}

}  // namespace crm::webhook
