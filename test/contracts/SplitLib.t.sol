// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SplitLib} from "../../contracts/libraries/SplitLib.sol";

contract SplitLibTest {
    function testFuzz_slash_sumsToTheLock_I04_I05(uint96 lock, uint96 fee) public pure {
        SplitLib.Slash memory split = SplitLib.slash(lock, fee);
        uint256 paid = uint256(split.reporter) + split.gasPot + split.compensation + split.audit;
        require(paid + split.burned == lock, "I-04: every unit goes somewhere");
        require(uint256(split.burned) * 2 >= lock, "I-05: at least half burns");
        require((uint256(split.reporter) + split.gasPot) * 10 <= uint256(lock) * 3, "I-05: at most 30 %");
        require(split.compensation <= uint256(fee) * 3, "compensation by fee");
        require(uint256(split.compensation) * 20 <= uint256(lock) * 3, "compensation by lock: 15 %");
        require(uint256(split.audit) * 20 <= lock, "audit: 5 %");
    }

    function test_slash_shares_ofAThousand_I05() public pure {
        SplitLib.Slash memory split = SplitLib.slash(1000, 1000);
        require(split.reporter == 150 && split.gasPot == 150, "reporter and movers");
        require(split.compensation == 150 && split.audit == 50 && split.burned == 500, "others");
        split = SplitLib.slash(1000, 10);
        require(split.compensation == 30 && split.burned == 620, "what nobody gets burns");
    }

    function testFuzz_bond_sumsToTheBond(uint96 amount) public pure {
        (uint96 worker, uint96 burned) = SplitLib.bond(amount);
        require(uint256(worker) + burned == amount, "sum");
        require(uint256(worker) * 10 <= uint256(amount) * 6, "the worker gets no dust");
    }

    function testFuzz_lockFor_coversBoth(uint64 fee, uint96 minLock, uint16 lockPerFee) public pure {
        uint96 lock = SplitLib.lockFor(fee, minLock, lockPerFee);
        require(lock >= minLock && lock >= uint256(fee) * lockPerFee, "covers");
        require(lock == minLock || lock == uint256(fee) * lockPerFee, "no more");
    }
}
