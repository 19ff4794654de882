#include "model/forcing/exposure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tilth {
namespace {

constexpr double cell_deg = 2.5;
constexpr int nx = 144, ny = 72;

// Land (1) and sea (0) in cells of 2.5 degrees: rows from the south, four cells a hexadecimal digit from 180 W on.
// Made with `cdo -remapcon,r144x72 -gtc,0 -topo` (the topography built into CDO): land where more than half is above
// sea.
// clang-format off
constexpr std::array<const char*, ny> rows = {
    "ffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffff",
    "007ffffffffffffffffffffffffffffffff8",
    "001ffffffff810ffffffffffffffffffff80",
    "003fffffff800c3fffffffffffffffffff80",
    "0003fffffff80007ffffffffffffffffff00",
    "00000101fefe00003fffffffffffffffffc0",
    "00000000001f000004fffffff7fffffffff0",
    "0000000000040000000000fff1fffffffc00",
    "0000000000000000000000040000cc0c0000",
    "000000000000000000000000000000000000",
    "000000000000000000000000000000000000",
    "000000000000000000000000000000000000",
    "000000000000000000000000000000000000",
    "000000000008000000000000000000000000",
    "000000000038000000000000000000000000",
    "000000000038000000000000000000000000",
    "000000000038000000000000000000000010",
    "00000000001c000000000000000000000008",
    "00000000001c000000000000000000002000",
    "00000000001f000000000000000000000002",
    "00000000001f80000000000000000000f000",
    "00000000001fe0000000c00000000383f800",
    "00000000000fe0000001f000000003fff800",
    "00000000000ff0000001f800000003fff800",
    "00000000000ff8000003f800000003fff800",
    "00000000000ffc000003fc20000003fff800",
    "00000000000fff000003fc20000003fff000",
    "00000000000fff000007fe300000007fe000",
    "00000000001fff000007ff300000003e4000",
    "00000000003fff800007ff100000000e4000",
    "00000000007fff800003ff00000000000000",
    "00000000007fffc00007ff00000000008000",
    "0000000000ffffc00007ff0000000000e000",
    "0000000000ffff800007ff0000006083c000",
    "0000000000fffc00000fff800000ce800000",
    "0000000000fff000000fffc000008e000000",
    "00000000007ff000000fffe0000186000000",
    "00000000007f80000fbffff0000080000000",
    "00000000007f00001ffffff0000000000000",
    "00000000021000003fffffc0030060000000",
    "000000000e0000007fffffe00301f0000000",
    "00000000780000003fffff780381e0800000",
    "00000003d81000003ffffe7e07c3c0000000",
    "00000003880000007ffffeff0fe7e0000000",
    "00000007800000003ffffdfe1ffffe000000",
    "0000000f810000003ffffdf1ffffff000000",
    "0000003fc10000000fffffe7ffffff800000",
    "0000003fff0000000ffeebffffffff800000",
    "0000007fff80000007f003ffffffff0c0000",
    "000001ffffc0000000f007ffffffff130000",
    "000001ffffc000000f009ff3ffffff208000",
    "000003ffffe000000782e6f3fffffff00000",
    "000003fffff0000001e9e0e7fffffffc4000",
    "000001fffffc000000fff7c3fffffffe0000",
    "000003fffffc600001ffffe7ffffffff0000",
    "000007ffffffc000037fffffffffffff8000",
    "00000ffffeff80000d1fffffffffffff0300",
    "00001ffff87f000002047ffffffffffe0180",
    "00607fffe07e0000001e3fffffffffff8080",
    "03ffffffe0700600003e7ffffffffffffef8",
    "01fffffff21c0f00800f7fffffffffffffff",
    "f3fffffffe1e1fc00007fdffffffffffffff",
    "03fffffe7a781ff80001fe01fbffffffffff",
    "0000007c2fe03ffe000000041bfffff7f800",
    "00000380a7003fff00000002003ffc000000",
    "000000689f07ffff000000000000f8000000",
    "000000001fcfffff80074000000000000000",
    "000000002fffffffc0000000000000000000",
    "000000000000000000000000000000000000",
    "000000000000000000000000000000000000",
    "000000000000000000000000000000000000"};
// clang-format on

int is_land(int i, int j) {
  const char digit = rows[j][i / 4];
  const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
  return value >> (3 - i % 4) & 1;
}

}  // namespace

double land_share(double lon, double lat) {
  double x = (lon + 180.0) / cell_deg - 0.5;
  x -= nx * std::floor(x / nx);
  const double y = std::clamp((lat + 90.0) / cell_deg - 0.5, 0.0, ny - 1.0);
  const int i = std::min(int(x), nx - 1), j = std::min(int(y), ny - 2), next = (i + 1) % nx;
  const double fx = x - i, fy = y - j;
  return (1.0 - fy) * ((1.0 - fx) * is_land(i, j) + fx * is_land(next, j)) +
         fy * ((1.0 - fx) * is_land(i, j + 1) + fx * is_land(next, j + 1));
}

}  // namespace tilth
