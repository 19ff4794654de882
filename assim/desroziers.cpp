#include "assim/desroziers.hpp"

#include <cassert>

namespace tilth {

void add(DepartureProducts& sums, double d_ob, double d_oa) {
  const double d_ab = d_ob - d_oa;
  sums.oa_ob += d_oa * d_ob;
  sums.ab_ob += d_ab * d_ob;
  sums.ab_oa += d_ab * d_oa;
  sums.ob_ob += d_ob * d_ob;
  ++sums.count;
}

ErrorVariances desroziers(const DepartureProducts& sums) {
  assert(sums.count > 0);
  const double n = double(sums.count);
  return {sums.oa_ob / n, sums.ab_ob / n, sums.ab_oa / n, sums.ob_ob / n};
}

ErrorCovariances desroziers(const Eigen::MatrixXd& d_ob, const Eigen::MatrixXd& d_oa) {
  assert(d_ob.rows() == d_oa.rows() && d_ob.cols() == d_oa.cols() && d_ob.rows() > 0);
  const double n = double(d_ob.rows());
  const Eigen::MatrixXd d_ab = d_ob - d_oa;
  return {d_oa.transpose() * d_ob / n, d_ab.transpose() * d_ob / n, d_ab.transpose() * d_oa / n,
          d_ob.transpose() * d_ob / n};
}

}  // namespace tilth
