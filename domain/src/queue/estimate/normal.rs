//! The normal distribution: enough of it to condition a duration on the time already spent.

/// How much of it lies below `x` (Numerical Recipes' `erfc`, good to a ten-millionth).
pub(super) fn below(x: f64) -> f64 {
    const TERMS: [f64; 10] = [
        0.170_872_77,
        -0.822_152_23,
        1.488_515_87,
        -1.135_203_98,
        0.278_868_07,
        -0.186_288_06,
        0.096_784_18,
        0.374_091_96,
        1.000_023_68,
        -1.265_512_23,
    ];
    let z = x.abs() * std::f64::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * z);
    let sum = TERMS.iter().fold(0.0, |sum, term| sum * t + term);
    let tail = 0.5 * t * (-z * z + sum).exp();
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// What has `share` of it below (Acklam's approximation, good to a millionth).
pub(super) fn quantile(share: f64) -> f64 {
    const TAIL: f64 = 0.024_25;
    let p = share.clamp(1e-12, 1.0 - 1e-12);
    if p < TAIL {
        outer((-2.0 * p.ln()).sqrt())
    } else if p > 1.0 - TAIL {
        -outer((-2.0 * (1.0 - p).ln()).sqrt())
    } else {
        let q = p - 0.5;
        let r = q * q;
        let above = horner(
            r,
            &[
                -39.696_830_286_653_76,
                220.946_098_424_520_5,
                -275.928_510_446_968_7,
                138.357_751_867_269,
                -30.664_798_066_147_16,
                2.506_628_277_459_239,
            ],
        );
        let under = horner(
            r,
            &[
                -54.476_098_798_224_06,
                161.585_836_858_040_9,
                -155.698_979_859_886_6,
                66.801_311_887_719_72,
                -13.280_681_552_885_72,
                1.0,
            ],
        );
        q * above / under
    }
}

fn outer(q: f64) -> f64 {
    let above = horner(
        q,
        &[
            -0.007_784_894_002_430_293,
            -0.322_396_458_041_136_5,
            -2.400_758_277_161_838,
            -2.549_732_539_343_734,
            4.374_664_141_464_968,
            2.938_163_982_698_783,
        ],
    );
    let under = horner(
        q,
        &[
            0.007_784_695_709_041_462,
            0.322_467_129_070_039_8,
            2.445_134_137_142_996,
            3.754_408_661_907_416,
            1.0,
        ],
    );
    above / under
}

fn horner(x: f64, terms: &[f64]) -> f64 {
    terms.iter().fold(0.0, |sum, term| sum * x + term)
}
